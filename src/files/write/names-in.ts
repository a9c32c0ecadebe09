/** The names in a folder, without order. */
import { readdir } from 'node:fs/promises';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';

/** Rejects with what the file system throws. */
export async function namesIn(path: RawPath): Promise<RawPath[]> {
  const { fromBytes, forSystem } = machinePaths;
  if (fromBytes === undefined) return readdir(forSystem(path));
  return (await readdir(forSystem(path), { encoding: 'buffer' })).map(fromBytes);
}
