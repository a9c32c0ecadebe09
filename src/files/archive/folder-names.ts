/** The names in a folder, as this system's calls take them, in the order of their bytes. */
import { readdir } from 'node:fs/promises';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';

/** Rejects with what the file system says. */
export async function namesIn(folder: RawPath): Promise<RawPath[]> {
  const names = await readdir(machinePaths.forSystem(folder), { encoding: 'buffer' });
  return names.map(rawName).toSorted((a, b) => (a < b ? -1 : 1));
}

/** Of bytes that name something: text on a system where names are text. */
export const rawName = (bytes: Uint8Array): RawPath =>
  machinePaths.fromBytes?.(bytes) ?? new TextDecoder().decode(bytes);

export const bytesOf = (path: RawPath): Uint8Array =>
  machinePaths.untextualBytes(path) ?? Buffer.from(machinePaths.toText(path), 'utf8');
