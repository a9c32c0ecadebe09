/** Files of this machine. */
import { realpath, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { codeOf } from '../../core/failure.ts';
import { ownersOf } from '../../platform/files/index.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import { Refusal } from './refusal.ts';
import type { Thing } from './thing.ts';

/** Refuses a name that this system reads otherwise than it shows, such as NUL or `a:b` on Windows. */
export function checkNameHere(name: string): void {
  const { paths, refusal } = machinePaths;
  const refused = refusal(paths.parse(process.cwd()).root + name);
  if (refused !== undefined) throw new Refusal(`${JSON.stringify(name)} ${refused}; give it another one`);
}

/** Undefined where nothing is. Throws what the file system throws. */
export async function thingHere(path: string): Promise<Thing | undefined> {
  checkNameHere(basename(path));
  try {
    const stats = await stat(path, { bigint: true });
    return {
      type: stats.isDirectory() ? 'folder' : stats.isFile() ? 'file' : 'other',
      path: await realpath(path),
      size: Number(stats.size),
      // Where files have no owners they have no such bits either.
      mode:
        ownersOf(stats).owner === undefined
          ? undefined
          : Number(stats.mode & 0o777n)
              .toString(8)
              .padStart(4, '0'),
      modifiedAt: Number(stats.mtimeNs / 1_000_000n) / 1000,
      version: [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join('-'),
    };
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
