/** When a line that broke is tried again: after 0.1 s, doubling to 5 s, with jitter, for ten minutes. */
import type { Clock } from '../../core/clock.ts';

const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 5000;
export const GIVE_UP_AFTER_MS = 10 * 60_000;

export class Retry {
  readonly #clock: Clock;
  readonly #random: () => number;
  #pauseMs = FIRST_PAUSE_MS;
  #since: number | undefined;

  /** `random`: from 0 to below 1. */
  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Milliseconds until the next try; undefined when it was tried for long enough. */
  next(): number | undefined {
    const now = this.#clock.monotonic();
    this.#since ??= now;
    // Between half of the pause and all of it, so that a server that comes back does not meet all of its clients at once.
    const pauseMs = this.#pauseMs * (1 - this.#random() / 2);
    this.#pauseMs = Math.min(this.#pauseMs * 2, MAX_PAUSE_MS);
    return now + pauseMs - this.#since > GIVE_UP_AFTER_MS ? undefined : pauseMs;
  }

  /** The line works again. */
  reset(): void {
    this.#pauseMs = FIRST_PAUSE_MS;
    this.#since = undefined;
  }
}
