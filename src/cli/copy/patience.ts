/**
 * A connection that breaks while something is copied is made again, until that has brought nothing for a minute.
 *
 *   trying ──broken──▶ waiting ──▶ trying        the minute begins with the first failure after something has come
 *      └── done, refused, or the minute is over
 */
import { ClientError } from '../../client/failure.ts';
import { pause } from '../../client/pause.ts';

const GIVE_UP_MS = 60_000;
const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 2000;

export class Patience {
  readonly #signal: AbortSignal;
  /** The first failure since something has come. */
  #since: number | undefined;
  #pauseMs = FIRST_PAUSE_MS;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Something has come. */
  progressed(): void {
    this.#since = undefined;
    this.#pauseMs = FIRST_PAUSE_MS;
  }

  /** Waits before the next try; throws the error where there is to be none. */
  async afterFailure(error: unknown): Promise<void> {
    this.#signal.throwIfAborted();
    if (!(error instanceof ClientError && error.transient)) throw error;
    await this.wait(error);
  }

  /** The same, whatever the error is. */
  async wait(error: unknown): Promise<void> {
    this.#since ??= performance.now();
    if (performance.now() - this.#since > GIVE_UP_MS) throw error;
    await pause(this.#pauseMs, this.#signal);
    this.#pauseMs = Math.min(this.#pauseMs * 2, MAX_PAUSE_MS);
  }

  /** What does the same twice as once. */
  async until<T>(attempt: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        await this.afterFailure(error);
      }
    }
  }
}
