/**
 * Notices that the data folder is no longer this server's: somebody removed it, or put another in its place, while the
 * server ran. Two servers would then write into one folder, or this one into nowhere.
 */
import type { Clock } from '../core/clock.ts';
import type { DataLock } from '../platform/files/data-lock.ts';

const CHECK_EVERY_MS = 5000;

/** Calls `lost` once. */
export function watchLock(lock: Pick<DataLock, 'isHeld'>, clock: Clock, lost: () => void): Disposable {
  let timer: Disposable;
  const check = () => {
    if (lock.isHeld()) timer = clock.after(CHECK_EVERY_MS, check);
    else lost();
  };
  timer = clock.after(CHECK_EVERY_MS, check);
  return { [Symbol.dispose]: () => timer[Symbol.dispose]() };
}
