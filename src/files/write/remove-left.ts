/** Removes what was made beside a target and has not taken its place: a file, a folder with what is in it, or nothing. */
import { lstat, rm } from 'node:fs/promises';
import { codeOf } from '../../core/failure.ts';
import { removeTree } from '../../platform/file-changes/index.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';

/** Rejects with what the file system says. */
export async function removeLeft(path: RawPath): Promise<void> {
  const { forSystem } = machinePaths;
  try {
    if ((await lstat(forSystem(path))).isDirectory()) await removeTree(path);
    else await rm(forSystem(path), { force: true });
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}
