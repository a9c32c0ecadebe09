/** A new name lasts once its folder is on the disk. */
import type { PathLike } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

/** Never throws: Windows opens no folders (its file systems keep a journal of names), and not every file system can sync one. */
export async function syncFolder(path: PathLike): Promise<void> {
  let folder: FileHandle | undefined;
  try {
    folder = await open(path, 'r');
    await folder.sync();
  } catch {
    // What is written is written all the same.
  } finally {
    await folder?.close();
  }
}
