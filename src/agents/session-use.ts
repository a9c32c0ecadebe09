/**
 * Who uses a session: clients that are attached, readers of its events. One that nobody uses, prompts or answers for so
 * long is closed; its record stays, and it can be loaded again.
 */
import type { Clock } from '../core/clock.ts';
import type { AgentSession } from './session/agent-session.ts';

type UsedSession = Pick<AgentSession, 'over' | 'whenEnded' | 'note' | 'close'> & {
  readonly turns: Pick<AgentSession['turns'], 'busy'>;
  readonly permissions: Pick<AgentSession['permissions'], 'waiting'>;
};

export interface AttachedClient {
  /** Names its connection, and gives no access to it. */
  readonly connection: string;
  /** As it has introduced itself; null when it has not. */
  readonly client: unknown;
  readonly door: 'http' | 'websocket' | 'acpremote';
  /** Unix milliseconds. */
  readonly since: number;
}

export class SessionUse {
  readonly #session: UsedSession;
  readonly #clock: Clock;
  /** Milliseconds; undefined: it is never closed for want of use. */
  readonly #idleMs: number | undefined;
  readonly #attached = new Set<AttachedClient>();
  #users = 0;
  #unusedSince: number;
  #timer: Disposable | undefined;

  constructor(session: UsedSession, clock: Clock, idleMs?: number) {
    this.#session = session;
    this.#clock = clock;
    this.#idleMs = idleMs;
    this.#unusedSince = clock.monotonic();
    this.#arm(idleMs);
    session.whenEnded.once(() => this.#timer?.[Symbol.dispose]());
  }

  get attached(): readonly AttachedClient[] {
    return [...this.#attached];
  }

  /** Somebody uses it until that is disposed. */
  hold(): Disposable {
    this.#users += 1;
    let isHeld = true;
    return {
      [Symbol.dispose]: () => {
        if (!isHeld) return;
        isHeld = false;
        this.#users -= 1;
        this.#unusedSince = this.#clock.monotonic();
      },
    };
  }

  /** A client is attached until that is disposed: on the record, and in the log. */
  attach(client: AttachedClient): Disposable {
    const held = this.hold();
    this.#attached.add(client);
    const { since: _since, ...told } = client;
    this.#session.note('attached', told);
    return {
      [Symbol.dispose]: () => {
        if (!this.#attached.delete(client)) return;
        this.#session.note('detached', told);
        held[Symbol.dispose]();
      },
    };
  }

  #arm(ms: number | undefined): void {
    if (ms === undefined || this.#session.over) return;
    this.#timer = this.#clock.after(ms, () => this.#look());
  }

  #look(): void {
    const { turns, permissions, over } = this.#session;
    if (this.#idleMs === undefined || over) return;
    const isUsed = this.#users > 0 || turns.busy || permissions.waiting > 0;
    if (isUsed) this.#unusedSince = this.#clock.monotonic();
    const left = this.#idleMs - (this.#clock.monotonic() - this.#unusedSince);
    if (left > 0) this.#arm(left);
    else void this.#session.close();
  }
}
