/** What is said of the disk and the folders in which all rooms store. */
import { freeBytes, FULL_BELOW_BYTES, takesFiles } from '../platform/files/disk.ts';
import { whyNotWritable } from '../platform/writable/index.ts';
import type { Health } from '../protocol/health.ts';
import type { Base, Feature } from './feature.ts';

export const DISK_FULL = 'the disk that holds the data folder is full: output of jobs may be incomplete';
const NO_MORE_FILES = 'the disk that holds the data folder has no inodes left: delete some files';

export function diskReport(dataPath: string): Health['disk'] {
  const free = freeBytes(dataPath);
  return { free_bytes: free ?? null, full: free !== undefined && free < FULL_BELOW_BYTES };
}

export function openDisk({ config: { dataPath } }: Base, rooms: readonly Feature[]): Feature {
  const folders = [dataPath, ...rooms.flatMap((room) => room.folders ?? [])];
  return {
    health: () => ({ disk: diskReport(dataPath) }),
    problems: () => [
      ...(diskReport(dataPath).full ? [DISK_FULL] : []),
      ...(takesFiles(dataPath) ? [] : [NO_MORE_FILES]),
      ...firstLocked(folders),
    ],
  };
}

/** Mostly they are all for one reason, which is told once. */
function firstLocked(folders: readonly string[]): string[] {
  for (const folder of folders) {
    const why = whyNotWritable(folder);
    if (why !== undefined) return [`nothing new can be stored in ${folder}: ${why}`];
  }
  return [];
}
