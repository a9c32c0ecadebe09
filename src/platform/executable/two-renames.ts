/**
 * Where a running program can be renamed but not overwritten (Windows), and where a file has one name only (file systems
 * without hard links): the old one moves away first, and for that moment there is none at the name.
 */
import type { DurableFiles } from '../files/durable-files.ts';
import type { Replacement, Restoration } from './executable.ts';

type Rename = (files: DurableFiles, from: string, to: string) => void | Promise<void>;

export async function replaceByTwoRenames(
  files: DurableFiles,
  { path, fresh, old }: Replacement,
  rename: Rename,
): Promise<void> {
  await rename(files, path, old);
  try {
    await rename(files, fresh, path);
  } catch (error) {
    await rename(files, old, path);
    throw error;
  }
}

export async function restoreByTwoRenames(
  files: DurableFiles,
  { path, old, aside }: Restoration,
  rename: Rename,
): Promise<void> {
  const hasOther = files.exists(path);
  if (hasOther) await rename(files, path, aside);
  try {
    await rename(files, old, path);
  } catch (error) {
    if (hasOther) await rename(files, aside, path);
    throw error;
  }
}
