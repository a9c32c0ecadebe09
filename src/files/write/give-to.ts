/** A new file is given to whoever the old one belongs to. */
import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { codeOf } from '../../core/failure.ts';

/** Nothing happens where this process may not give files away. */
export async function giveTo(file: FileHandle, { uid, gid }: BigIntStats): Promise<void> {
  const now = await file.stat({ bigint: true });
  if (now.uid === uid && now.gid === gid) return;
  try {
    await file.chown(Number(uid), Number(gid));
  } catch (error) {
    if (codeOf(error) !== 'EPERM') throw error;
  }
}
