/** Waiting with a limit. */
import type { Clock } from './clock.ts';

/** `late` when the promise has not settled after so many milliseconds; it goes on all the same. */
export async function within<T>(clock: Clock, ms: number, promise: Promise<T>): Promise<T | 'late'> {
  const { promise: late, resolve } = Promise.withResolvers<'late'>();
  using _timer = clock.after(ms, () => resolve('late'));
  return await Promise.race([promise, late]);
}
