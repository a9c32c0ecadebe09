/** How long to wait before a program that keeps ending is started again. */
import type { Clock } from '../core/clock.ts';

export const FIRST_MS = 500;
const MAX_MS = 60_000;
/** A program that ran for so long did not end because of how it was started. */
const STEADY_MS = 60_000;

export class BackOff implements Disposable {
  readonly #clock: Clock;
  #nextMs = FIRST_MS;
  #steady: Disposable | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  started(): void {
    this[Symbol.dispose]();
    this.#steady = this.#clock.after(STEADY_MS, () => {
      this.#nextMs = FIRST_MS;
    });
  }

  /** Milliseconds to wait: 0.5 s after the first end, twice as long after each further one, 60 s at most. */
  ended(): number {
    this[Symbol.dispose]();
    const wait = this.#nextMs;
    this.#nextMs = Math.min(wait * 2, MAX_MS);
    return wait;
  }

  [Symbol.dispose](): void {
    this.#steady?.[Symbol.dispose]();
    this.#steady = undefined;
  }
}
