/** Closes a descriptor. */
import { closeSync } from 'node:fs';
import { codeOf } from '../../core/failure.ts';

/**
 * It is closed whatever close(2) says: an error tells of bytes written before, and whoever cares for those has synced them.
 * Closing one that is none is a mistake of ours all the same.
 */
export function close(fd: number): void {
  try {
    closeSync(fd);
  } catch (error) {
    if (codeOf(error) === 'EBADF') throw error;
  }
}
