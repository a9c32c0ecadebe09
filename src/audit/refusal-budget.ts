/**
 * How many requests without a valid key get an entry each. Whoever has no key could otherwise push everything else out of a log
 * that is bounded in bytes: a burst of 60 is noted one by one, then one every 10 seconds, which is two megabytes a day.
 */
import type { Clock } from '../core/clock.ts';

const BURST = 60;
const ONE_EVERY_MS = 10_000;

export class RefusalBudget {
  readonly #clock: Pick<Clock, 'monotonic'>;
  #left = BURST;
  #countedAt: number;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
    this.#countedAt = clock.monotonic();
  }

  /** Whether one more gets an entry. */
  take(): boolean {
    const now = this.#clock.monotonic();
    this.#left = Math.min(BURST, this.#left + (now - this.#countedAt) / ONE_EVERY_MS);
    this.#countedAt = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
