/**
 * Browsers that may see a port: each was let in by a ticket, and shows it by a cookie.
 *
 *   opened ──12 h over, its key ended, or too many──▶ gone
 *
 * A cookie is good for the one host and port that it was made for. Only digests are kept, as of tickets.
 */
import type { Clock } from '../../../core/clock.ts';
import { newSecret, secureRandom, type RandomBytes } from '../../../core/id.ts';
import type { Caller } from '../../caller.ts';
import type { LiveExchanges } from '../../live-exchanges.ts';
import type { PortHost } from './port-host.ts';

export const SESSION_SECONDS = 12 * 60 * 60;
/** At once, over all ports and keys; each costs about 200 bytes. */
const MAX_SESSIONS = 1000;

interface Session {
  readonly caller: Caller;
  readonly origin: string;
  /** By the monotonic clock: whoever sets the other one makes no session last. */
  readonly validUntil: number;
  /** Its place among what goes on under the key. */
  readonly live: Disposable;
}

export interface SessionsOptions {
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Says when a key has ended. */
  readonly live: LiveExchanges;
  readonly random?: RandomBytes;
}

export class PortSessions {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #live: LiveExchanges;
  readonly #random: RandomBytes;
  /** By digest, oldest first, as they all live equally long. */
  readonly #open = new Map<string, Session>();

  constructor({ clock, live, random = secureRandom }: SessionsOptions) {
    this.#clock = clock;
    this.#live = live;
    this.#random = random;
  }

  /** How many are valid. */
  get count(): number {
    this.#forgetOld();
    return this.#open.size;
  }

  /** The value of its cookie; where there are too many, the oldest is no longer valid. */
  begin(caller: Caller, { origin }: PortHost): string {
    this.#forgetOld();
    const [oldest] = this.#open.keys();
    if (oldest !== undefined && this.#open.size >= MAX_SESSIONS) this.#forget(oldest);
    const secret = newSecret(this.#random);
    const key = digest(secret);
    const live = this.#live.add(caller.keyId, () => this.#forget(key));
    this.#open.set(key, {
      caller,
      origin,
      validUntil: this.#clock.monotonic() + SESSION_SECONDS * 1000,
      live,
    });
    return secret;
  }

  /** As whom the first of these cookies that is good for that host lets in. */
  callerOf(cookies: readonly string[], { origin }: PortHost): Caller | undefined {
    this.#forgetOld();
    for (const cookie of cookies) {
      const session = this.#open.get(digest(cookie));
      if (session?.origin === origin) return session.caller;
    }
    return undefined;
  }

  #forgetOld(): void {
    for (const [key, { validUntil }] of this.#open) {
      if (validUntil > this.#clock.monotonic()) return;
      this.#forget(key);
    }
  }

  #forget(key: string): void {
    this.#open.get(key)?.live[Symbol.dispose]();
    this.#open.delete(key);
  }
}

const digest = (text: string): string => new Bun.CryptoHasher('sha256').update(text).digest('base64');
