/** Waiting by a clock that is given, until something calls it off. */
import type { Clock } from '../core/clock.ts';

/** Resolves after `ms`, or as soon as `signal` is aborted. */
export async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const wake = () => resolve();
  using _timer = clock.after(ms, wake);
  signal.addEventListener('abort', wake, { once: true });
  await promise;
  signal.removeEventListener('abort', wake);
}
