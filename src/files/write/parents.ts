/** Folders on the way to a place. */
import { mkdir } from 'node:fs/promises';
import { codeOf } from '../../core/failure.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';

const { paths } = machinePaths;
export const FOLDER_MODE = 0o755;

/** Makes those that are missing above a real path. Throws what the file system throws. */
export async function makeParents(path: RawPath): Promise<void> {
  const folder = paths.dirname(path);
  try {
    await mkdir(machinePaths.forSystem(folder), FOLDER_MODE);
  } catch (error) {
    const code = codeOf(error);
    // A drive's root, which exists, may not be made either.
    if (code === 'EEXIST' || paths.dirname(folder) === folder) return;
    if (code !== 'ENOENT') throw error;
    await makeParents(folder);
    await makeParents(path);
  }
}
