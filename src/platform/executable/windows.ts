/**
 * Windows renames a running program, and does not overwrite it. A scanner that has just opened the file refuses either
 * for a moment: each rename is tried again.
 */
import { codeOf } from '../../core/failure.ts';
import type { DurableFiles } from '../files/durable-files.ts';
import type { ExecutableFiles } from './executable.ts';
import { replaceByTwoRenames, restoreByTwoRenames } from './two-renames.ts';

/** What a file that somebody has open answers. */
const IN_USE = new Set(['EPERM', 'EACCES', 'EBUSY']);
const TRIES = 20;
const PAUSE_MS = 250;

export const windowsExecutable: ExecutableFiles = {
  extension: '.exe',
  replace: (files, what) => replaceByTwoRenames(files, what, renameWhenFree),
  restore: (files, what) => restoreByTwoRenames(files, what, renameWhenFree),
};

export async function renameWhenFree(
  files: DurableFiles,
  from: string,
  to: string,
  pause: (ms: number) => Promise<void> = Bun.sleep,
): Promise<void> {
  for (let left = TRIES; ; left--) {
    try {
      return files.rename(from, to);
    } catch (error) {
      if (left <= 1 || !IN_USE.has(codeOf(error) ?? '')) throw error;
      await pause(PAUSE_MS);
    }
  }
}
