/**
 * A server that goes away comes back, from a restart or an update: what needs it meanwhile waits for it, and a person is told
 * once that it does.
 *
 *   there ──a call finds nobody──▶ away (said once) ──a call succeeds──▶ there (said once)
 */
import { ClientError } from '../../client/failure.ts';
import { pause } from '../../client/pause.ts';

const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 2000;

export interface ServerAwayOptions {
  /** Milliseconds that it is waited for by each. */
  readonly waitMs: number;
  readonly tell: (sentence: string) => void;
}

export class ServerAway {
  readonly #options: ServerAwayOptions;
  #away = false;

  constructor(options: ServerAwayOptions) {
    this.#options = options;
  }

  /** Makes the call, and again while the server is away. Rejects as the last of them did, or when the signal aborts. */
  async until<T>(call: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    const giveUpAt = performance.now() + this.#options.waitMs;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)) {
      try {
        const made = await call(signal);
        if (this.#away) this.#options.tell('the server is back');
        this.#away = false;
        return made;
      } catch (error) {
        const isAway = error instanceof ClientError && (error.reason === 'unreachable' || error.status === 503);
        if (!isAway || signal.aborted || performance.now() + pauseMs > giveUpAt) throw error;
        if (!this.#away) this.#options.tell(`the server is away; connections wait for it: ${error.message}`);
        this.#away = true;
      }
      await pause(pauseMs, signal);
    }
  }
}
