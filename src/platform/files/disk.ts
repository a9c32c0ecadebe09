/** What is free on the disk that holds the data folder. */
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

/** Whether there may be another file. A file system that has no limit of its own reports none. */
export function takesFiles(path: string): boolean {
  try {
    const { files, ffree } = statfsSync(path);
    return files === 0 || ffree > 0;
  } catch {
    return true;
  }
}
