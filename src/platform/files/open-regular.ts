/**
 * Opens a file that is one: a named pipe or a device would hang its reader, or do something. A path that was checked may lead
 * elsewhere a moment later, so a link at its end is not followed, and `isStillAt` tells afterwards what was opened.
 * Works in Node too.
 */
import { constants, lstatSync, type PathLike } from 'node:fs';
import { lstat, open, type FileHandle } from 'node:fs/promises';
import { fail, ok, type Result } from '../../core/failure.ts';

export type IrregularFile =
  | { readonly reason: 'is-folder' }
  /** A pipe, device, socket or link. */
  | { readonly reason: 'is-no-file' };

/**
 * Windows has neither of the last two, and `|` takes an undefined for 0: there no pipe is in a folder, and a link at the end
 * shows in `isStillAt`.
 */
const READING = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** For reading. Whoever gets the handle closes it. Throws what the file system throws. */
export async function openRegular(path: PathLike): Promise<Result<FileHandle, IrregularFile>> {
  // Before it is opened: that alone makes some devices do something.
  const before = irregularity(await lstat(path));
  if (before !== undefined) return fail(before);
  const file = await open(path, READING);
  let isKept = false;
  try {
    const after = irregularity(await file.stat());
    if (after !== undefined) return fail(after);
    isKept = true;
    return ok(file);
  } finally {
    if (!isKept) await file.close();
  }
}

export function irregularity(stats: { isFile(): boolean; isDirectory(): boolean }): IrregularFile | undefined {
  if (stats.isFile()) return undefined;
  return { reason: stats.isDirectory() ? 'is-folder' : 'is-no-file' };
}

/** Whether the name is that of the opened file, and no link. */
export async function isStillAt(path: PathLike, file: FileHandle): Promise<boolean> {
  const opened = await file.stat({ bigint: true });
  const named = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return named !== undefined && named.dev === opened.dev && named.ino === opened.ino;
}
