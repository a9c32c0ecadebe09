/** A new file is given to whoever the old one belongs to. */
import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { codeOf } from '../../core/failure.ts';

/** To its group alone where this process may not give files away, but is in that group; else nothing happens. */
export async function giveTo(file: FileHandle, { uid, gid }: BigIntStats): Promise<void> {
  const now = await file.stat({ bigint: true });
  if (now.uid === uid && now.gid === gid) return;
  if ((await isGiven(file, uid, gid)) || now.gid === gid) return;
  await isGiven(file, now.uid, gid);
}

async function isGiven(file: FileHandle, uid: bigint, gid: bigint): Promise<boolean> {
  try {
    await file.chown(Number(uid), Number(gid));
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EPERM') throw error;
    return false;
  }
}
