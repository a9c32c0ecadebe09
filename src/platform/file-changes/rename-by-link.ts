/** A file gets its new name as a second one, which never replaces anything, unlike a rename; then the old one is taken away. */
import { link, rename, rm } from 'node:fs/promises';
import { codeOf } from '../../core/failure.ts';
import type { RenameToFree } from './file-changes.ts';

export const renameByLink: RenameToFree = async (from, to, isFile) => {
  if (isFile && (await isLinked(from, to))) await rm(from, { force: true });
  else await rename(from, to);
};

/** False where the file system, or the owner of the file, permits no second names. */
async function isLinked(from: string | Buffer, to: string | Buffer): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (['EEXIST', 'ENOENT', 'EXDEV', 'ENOTDIR'].includes(codeOf(error) ?? '')) throw error;
    return false;
  }
}
