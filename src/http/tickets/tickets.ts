/**
 * Single-use tickets for sockets and for entry to a port: a page cannot send `X-API-Key` with a WebSocket, and a key in a URL ends
 * up in histories and logs (CVE-2026-25253). A ticket in a URL is worth nothing after its first use or a minute. It opens what it
 * was issued for, and nothing else, as the caller to whom it was issued.
 *
 *   issued ──redeemed──▶ gone
 *      └──60 s over, or too many──▶ gone
 *
 * Only digests are kept, so that the time of a look-up tells nothing about a ticket.
 */
import type { Clock } from '../../core/clock.ts';
import { newSecret, secureRandom, type RandomBytes } from '../../core/id.ts';
import type { Caller } from '../caller.ts';

const LIFE_MS = 60_000;
/** Tickets that can wait to be used at once; each costs about 100 bytes. */
const MAX_WAITING = 1000;

/** What a ticket opens where nothing else is said. */
const A_SOCKET = 'socket';

interface Issued {
  readonly caller: Caller;
  readonly use: string;
  /** By the monotonic clock: whoever sets the other one makes no ticket last. */
  readonly validUntil: number;
}

export class Tickets {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #random: RandomBytes;
  /** By digest, oldest first, as they all live equally long. */
  readonly #waiting = new Map<string, Issued>();

  constructor(clock: Pick<Clock, 'monotonic'>, random: RandomBytes = secureRandom) {
    this.#clock = clock;
    this.#random = random;
  }

  /** How many could still be used. */
  get count(): number {
    this.#forgetOld();
    return this.#waiting.size;
  }

  /** A new ticket; where too many wait, the oldest is no longer valid. */
  issue(caller: Caller, use: string = A_SOCKET): string {
    this.#forgetOld();
    const [oldest] = this.#waiting.keys();
    if (oldest !== undefined && this.#waiting.size >= MAX_WAITING) this.#waiting.delete(oldest);
    const ticket = newSecret(this.#random);
    this.#waiting.set(digest(ticket), { caller, use, validUntil: this.#clock.monotonic() + LIFE_MS });
    return ticket;
  }

  /** To whom it was issued for that use; undefined for one that is not valid. */
  holder(ticket: string, use: string = A_SOCKET): Caller | undefined {
    this.#forgetOld();
    const issued = this.#waiting.get(digest(ticket));
    return issued?.use === use ? issued.caller : undefined;
  }

  /** The same, once per ticket: it is used up, unless it was for another use. */
  redeem(ticket: string, use: string = A_SOCKET): Caller | undefined {
    const caller = this.holder(ticket, use);
    if (caller !== undefined) this.#waiting.delete(digest(ticket));
    return caller;
  }

  /** Those of a key that has ended open nothing any more. */
  forget(keyId: string): void {
    for (const [key, { caller }] of this.#waiting) if (caller.keyId === keyId) this.#waiting.delete(key);
  }

  #forgetOld(): void {
    for (const [key, { validUntil }] of this.#waiting) {
      if (validUntil > this.#clock.monotonic()) return;
      this.#waiting.delete(key);
    }
  }
}

const digest = (text: string): string => new Bun.CryptoHasher('sha256').update(text).digest('base64');
