/** Room on the disk that holds the data folder. */
import { freeBytes, FULL_BELOW_BYTES } from '../platform/files/disk.ts';
import type { Health } from '../protocol/health.ts';

export const DISK_FULL = 'the disk that holds the data folder is full: output of jobs may be incomplete';

export function diskReport(dataPath: string): Health['disk'] {
  const free = freeBytes(dataPath);
  return { free_bytes: free ?? null, full: free !== undefined && free < FULL_BELOW_BYTES };
}
