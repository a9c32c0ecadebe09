/** When an agent has nothing more to say for the moment, which the protocol does not tell. */
import type { Clock } from '../../core/clock.ts';
import { Notifier } from '../../core/notifier.ts';

/** A pause of this length ends a history that is replayed after the answer to `session/load`. */
const PAUSE_MS = 150;
/** A history that has not ended by then is not waited for any longer. */
const MAX_MS = 10_000;

export class Quiet {
  readonly #clock: Clock;
  readonly #stirred = new Notifier();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The agent has said something. */
  stir(): void {
    this.#stirred.notifyAll();
  }

  /** Resolves when the agent has said nothing for a moment. */
  async settled(): Promise<void> {
    const until = this.#clock.monotonic() + MAX_MS;
    while (this.#clock.monotonic() < until && (await this.#stirs(PAUSE_MS)));
  }

  /** Resolves when `is` holds after something was said, or when the time is over. */
  async next(ms: number, is: () => boolean): Promise<void> {
    const until = this.#clock.monotonic() + ms;
    for (let left = ms; left > 0 && !is(); left = until - this.#clock.monotonic()) await this.#stirs(left);
  }

  async #stirs(ms: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    using _timer = this.#clock.after(ms, () => resolve(false));
    using _waiting = this.#stirred.once(() => resolve(true));
    return await promise;
  }
}
