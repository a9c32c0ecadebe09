/** A new name for a file, where none may be there. */
import { link } from 'node:fs/promises';
import { codeOf } from '../../core/failure.ts';

/** Fails where something has that name, which a rename would replace; false where the file system has no second names. */
export async function linkTo(from: string | Buffer, to: string | Buffer): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOENT') throw error;
    return false;
  }
}
