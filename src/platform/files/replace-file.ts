/**
 * Writes a whole file under its name at once: a reader, or a crash, finds the old text or the new one, and a second name (hard
 * link) of the old file, which may be outside of a folder, keeps the old text. The mode stays, and where this process may give
 * files away also the owner; extended attributes do not. Works in Node too.
 */
import { constants } from 'node:fs';
import { access, lstat, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf, fail, ok, type Result } from '../../core/failure.ts';
import { irregularity, isStillAt, type IrregularFile } from './open-regular.ts';

export type NotReplaced =
  | IrregularFile
  /** The folder is no longer the one that was checked. */
  | { readonly reason: 'moved' };

type Stats = Awaited<ReturnType<typeof lstat>>;

/** `isStillRight` is asked with the new file in place but under another name. Throws what the file system throws. */
export async function replaceFile(
  path: string,
  bytes: Uint8Array,
  isStillRight: () => boolean,
): Promise<Result<undefined, NotReplaced>> {
  const old = await statsOf(path);
  const irregular = old && irregularity(old);
  if (irregular !== undefined) return fail(irregular);
  // A rename asks nobody whether the file may be written.
  if (old !== undefined) await access(path, constants.W_OK);
  const fresh = join(dirname(path), `.${crypto.randomUUID()}.tmp`);
  const file = await open(fresh, 'wx', old === undefined ? 0o666 : 0o600);
  let isFresh = true;
  try {
    try {
      await file.writeFile(bytes);
      if (old !== undefined) await makeAlike(file, old);
      if (!isStillRight() || !(await isStillAt(fresh, file))) return fail({ reason: 'moved' });
    } finally {
      await file.close();
    }
    await rename(fresh, path);
    isFresh = false;
    return ok(undefined);
  } finally {
    if (isFresh) await rm(fresh, { force: true });
  }
}

async function makeAlike(file: FileHandle, old: Stats): Promise<void> {
  const now = await file.stat();
  try {
    if (now.uid !== Number(old.uid) || now.gid !== Number(old.gid)) await file.chown(Number(old.uid), Number(old.gid));
  } catch (error) {
    if (codeOf(error) !== 'EPERM') throw error;
  }
  // Without the bits that give a program its owner's rights: the text is another one now.
  await file.chmod(Number(old.mode) & 0o777);
}

async function statsOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
