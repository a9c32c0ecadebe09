/**
 * The transports that a client has to its connection right now.
 *
 *   to initialize, within a minute ──▶ with a transport ⇄ without one, for ten minutes at most
 */
import type { Clock } from '../../core/clock.ts';

const INITIALIZE_WITHIN_MS = 60_000;
const AWAY_AT_MOST_MS = 600_000;

export class Transports implements Disposable {
  readonly #clock: Clock;
  readonly #expired: () => void;
  #count = 0;
  #awaySince: number;
  #isInitialized = false;
  #isOver = false;
  #timer: Disposable | undefined;

  constructor(clock: Clock, expired: () => void) {
    this.#clock = clock;
    this.#expired = expired;
    this.#awaySince = clock.monotonic();
    this.#expireAfter(INITIALIZE_WITHIN_MS);
  }

  /** Milliseconds since there is none; 0 while there is one. */
  get awayMs(): number {
    return this.#count > 0 ? 0 : this.#clock.monotonic() - this.#awaySince;
  }

  /** The client has said its first message. */
  initialized(): void {
    this.#isInitialized = true;
    this.#watch();
  }

  /** Disposed when it is gone. */
  attach(): Disposable {
    this.#count += 1;
    this.#watch();
    let isThere = true;
    return {
      [Symbol.dispose]: () => {
        if (!isThere) return;
        isThere = false;
        this.#count -= 1;
        if (this.#count === 0) this.#awaySince = this.#clock.monotonic();
        this.#watch();
      },
    };
  }

  #watch(): void {
    if (!this.#isInitialized || this.#isOver) return;
    if (this.#count === 0) this.#expireAfter(AWAY_AT_MOST_MS);
    else this.#timer?.[Symbol.dispose]();
  }

  #expireAfter(ms: number): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = this.#clock.after(ms, this.#expired);
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#timer?.[Symbol.dispose]();
  }
}
