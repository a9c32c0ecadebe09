/** Files of this machine. */
import { realpath, stat } from 'node:fs/promises';
import { codeOf } from '../../core/failure.ts';
import { ownersOf } from '../../platform/files/index.ts';
import type { Thing } from './thing.ts';

/** Undefined where nothing is. Throws what the file system throws. */
export async function thingHere(path: string): Promise<Thing | undefined> {
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
