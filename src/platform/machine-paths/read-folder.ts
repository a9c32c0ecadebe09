/**
 * The names in a folder. `opendir` of Bun 1.4.5 reads the whole folder at its first entry, too, and hands out each by a promise
 * of its own.
 */
import { realpathSync, type Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { machinePaths } from './index.ts';
import type { RawPath } from './machine-paths.ts';

export interface FolderItem {
  readonly name: RawPath;
  /** `other` is a pipe, a socket, a device, or what the file system does not say. */
  readonly type: 'file' | 'directory' | 'symlink' | 'other';
}

// As latin1 each byte of a name is a character. Not as buffers: with types Bun 1.4.5 then leaves the names out.
const encoding = machinePaths.fromBytes === undefined ? 'utf8' : 'latin1';

/** In no order. Rejects with what the file system says. */
export async function readFolder(path: RawPath): Promise<FolderItem[]> {
  const entries = await readdir(machinePaths.forSystem(path), { encoding, withFileTypes: true });
  return entries.map((entry) => ({ name: entry.name, type: typeOf(entry) }));
}

/**
 * Where the path of a folder leads, by one call where that follows no link to another machine (CVE-2024-35178), as Windows does.
 * Undefined where it leads nowhere.
 */
export function realFolder(path: RawPath): RawPath | undefined {
  try {
    if (encoding === 'latin1') return realpathSync.native(machinePaths.forSystem(path), encoding);
    const real = machinePaths.findRealPath(path);
    return real.found ? real.path : undefined;
  } catch {
    return undefined;
  }
}

function typeOf(entry: Dirent): FolderItem['type'] {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  return entry.isSymbolicLink() ? 'symlink' : 'other';
}
