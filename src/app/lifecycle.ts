/**
 * The life of a server after its start.
 *
 *   running ──stop(reason)──▶ draining ──everything is disposed──▶ stopped
 *
 * Whoever wants the server to stop says why: a signal, a caller from within, a lock that was lost. The first reason
 * counts, and becomes the exit code of the process.
 */

export const EXIT_CODES = {
  /** A person or the system asked. */
  signal: 0,
  /** The server asks itself, for no fault. */
  request: 0,
  /** A new version is in place: the supervisor starts it. Inherited: callers know the number. */
  update: 42,
  /** The supervisor is gone: a server that nobody restarts or updates is not left behind. */
  'supervisor-lost': 1,
  /** The data folder is no longer this server's. */
  'lock-lost': 1,
} as const;

export type StopReason = keyof typeof EXIT_CODES;

type State =
  | { readonly at: 'running' }
  | { readonly at: 'draining'; readonly reason: StopReason }
  | { readonly at: 'stopped'; readonly reason: StopReason };

export class Lifecycle {
  #state: State = { at: 'running' };
  readonly #draining = Promise.withResolvers<StopReason>();

  get at(): State['at'] {
    return this.#state.at;
  }

  /** Resolves to the reason once the server is to stop. */
  get draining(): Promise<StopReason> {
    return this.#draining.promise;
  }

  /** False when it is on its way down already, for a reason of its own. */
  stop(reason: StopReason): boolean {
    if (this.#state.at !== 'running') return false;
    this.#state = { at: 'draining', reason };
    this.#draining.resolve(reason);
    return true;
  }

  /** Everything is disposed; the exit code of the process. */
  stopped(): number {
    const { reason } = this.#state.at === 'running' ? { reason: 'request' as const } : this.#state;
    this.#state = { at: 'stopped', reason };
    return EXIT_CODES[reason];
  }
}
