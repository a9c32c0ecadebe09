/** Looks for a new version from time to time, for machines that nobody uses in person. Off unless it is asked for. */
import type { Clock } from '../core/clock.ts';
import type { Updater } from './updater.ts';

/** The update waits until nothing is active. One that is under way, or on trial, is left alone. */
export function updateEvery(ms: number, updater: Pick<Updater, 'start'>, clock: Clock): Disposable {
  let timer: Disposable;
  const next = () => {
    timer = clock.after(ms, () => {
      updater.start('idle');
      next();
    });
  };
  next();
  return { [Symbol.dispose]: () => timer[Symbol.dispose]() };
}
