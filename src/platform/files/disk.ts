/** Free space on the disk that holds the data folder. */
import { statfsSync } from 'node:fs';

/** Below this a disk counts as full: a job's record and its SQLite page still fit. */
export const FULL_BELOW_BYTES = 1024 * 1024;

/** Bytes that an ordinary user may still write; undefined where the system does not report it. */
export function freeBytes(path: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
