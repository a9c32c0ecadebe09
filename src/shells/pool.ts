/** The named shells of this server: keys, limits, idle pruning. */
import type { Clock } from '../core/clock.ts';
import { fail, messageOf, ok, type Result } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import type { ShellFactory } from './factory.ts';
import { ShellSession } from './session.ts';
import type { Seed, ShellKind, ShellName } from './shell-process.ts';

const PRUNE_EVERY_MS = 1000;

export interface ShellPoolOptions {
  readonly kinds: ReadonlyMap<ShellName, ShellKind>;
  readonly factory: ShellFactory;
  readonly maxSessions: number;
  /** Milliseconds without a command after which a session is ended; 0: never. */
  readonly idleTimeoutMs: number;
  readonly serverCwd: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Milliseconds a cancelled command has for its end before its shell is ended. */
  readonly graceMs: number;
}

export type PoolFailure =
  | { readonly reason: 'shell-not-available'; readonly shell: string }
  | { readonly reason: 'other-shell'; readonly key: string; readonly shell: string }
  | { readonly reason: 'too-many-sessions' };

export class ShellPool implements AsyncDisposable {
  readonly #options: ShellPoolOptions;
  readonly #sessions = new Map<string, ShellSession>();
  readonly #pruning: ReturnType<typeof setInterval> | undefined;

  constructor(options: ShellPoolOptions) {
    this.#options = options;
    if (options.idleTimeoutMs > 0) {
      this.#pruning = setInterval(() => void this.prune(), Math.min(PRUNE_EVERY_MS, options.idleTimeoutMs));
      this.#pruning.unref();
    }
  }

  get kinds(): ReadonlyMap<ShellName, ShellKind> {
    return this.#options.kinds;
  }

  get maxSessions(): number {
    return this.#options.maxSessions;
  }

  get idleTimeoutMs(): number {
    return this.#options.idleTimeoutMs;
  }

  get count(): number {
    return this.#sessions.size;
  }

  /** The session of that key, made if there is none. Only a new one takes the seed; an empty `workdir` is the server's own. */
  open(key: string, shell: ShellName, seed: Seed): Result<ShellSession, PoolFailure> {
    const kind = this.#options.kinds.get(shell);
    if (kind === undefined) return fail({ reason: 'shell-not-available', shell });
    // A caller who named a folder that is missing may name another one: the session has not begun.
    if (seed.workdir !== '' && this.#sessions.get(key)?.unused === true) this.#sessions.delete(key);
    const existing = this.#sessions.get(key);
    if (existing !== undefined) {
      return existing.kind.name === shell
        ? ok(existing)
        : fail({ reason: 'other-shell', key, shell: existing.kind.name });
    }
    if (this.#sessions.size >= this.#options.maxSessions) return fail({ reason: 'too-many-sessions' });
    const { factory, serverCwd, clock, graceMs } = this.#options;
    const seeded = { ...seed, workdir: seed.workdir === '' ? serverCwd : seed.workdir };
    const session = new ShellSession({ key, kind, seed: seeded, factory, clock, graceMs });
    this.#sessions.set(key, session);
    return ok(session);
  }

  get(key: string): ShellSession | undefined {
    return this.#sessions.get(key);
  }

  /** Sorted by key, by code unit as every program sorts. */
  list(): ShellSession[] {
    return [...this.#sessions.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** Ends the shell with all it started; false when there is no such session. */
  async delete(key: string): Promise<boolean> {
    const session = this.#sessions.get(key);
    if (session === undefined) return false;
    this.#sessions.delete(key);
    await session.close();
    return true;
  }

  /** Ends the sessions that have been idle for too long; one with a command running or waiting is not idle. */
  async prune(): Promise<void> {
    const idle = this.list().filter((session) => session.idleMs >= this.#options.idleTimeoutMs);
    await Promise.all(idle.map((session) => this.#tryToDelete(session.key)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#pruning);
    await Promise.all(this.list().map((session) => this.#tryToDelete(session.key)));
  }

  /** A failure is logged: who ends sessions on its own has no caller to report it to. The next start ends what is left. */
  async #tryToDelete(key: string): Promise<void> {
    try {
      await this.delete(key);
    } catch (error) {
      this.#options.log.error('a persistent shell could not be ended', { session: key, detail: messageOf(error) });
    }
  }
}
