/** For how long nothing has happened in a terminal. By the monotonic clock: whoever sets the other one ends no terminal. */
import type { Clock } from '../core/clock.ts';

export class IdleTime {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #isAttached: () => boolean;
  #stirredAt: number;
  #leftAt: number;

  constructor(clock: Pick<Clock, 'monotonic'>, isAttached: () => boolean) {
    this.#clock = clock;
    this.#isAttached = isAttached;
    this.#stirredAt = this.#leftAt = clock.monotonic();
  }

  /** Something was typed or printed. */
  stir(): void {
    this.#stirredAt = this.#clock.monotonic();
  }

  /** An attachment has ended. */
  left(): void {
    this.#leftAt = this.#clock.monotonic();
  }

  /** Milliseconds since the last output or input, or since the terminal was made. */
  get quietMs(): number {
    return this.#clock.monotonic() - this.#stirredAt;
  }

  /** Milliseconds without input, output and attachments; 0 while there are attachments. */
  get unusedMs(): number {
    return this.#isAttached() ? 0 : Math.min(this.quietMs, this.#clock.monotonic() - this.#leftAt);
  }
}
