/**
 * Single-use tickets for sockets: a page cannot send `X-API-Key` with a WebSocket, and a key in a URL ends up in
 * histories and logs (CVE-2026-25253). A ticket in a URL is worth nothing after its first use or a minute.
 *
 *   issued ──redeemed──▶ gone
 *      └──60 s over, or crowded out──▶ gone
 *
 * Only digests are kept: what a lookup's time could tell is of no use to anybody.
 */
import type { Clock } from '../core/clock.ts';
import { newSecret, type RandomBytes, secureRandom } from '../core/id.ts';

const LIFE_MS = 60_000;
/** Tickets that can wait to be used at once; each costs about 100 bytes. */
const MAX_COUNT = 1000;

export class Tickets {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #random: RandomBytes;
  /** Digest → when it ends, oldest first, as they all live equally long. */
  readonly #waiting = new Map<string, number>();

  constructor(clock: Pick<Clock, 'now'>, random: RandomBytes = secureRandom) {
    this.#clock = clock;
    this.#random = random;
  }

  /** How many could still be used. */
  get count(): number {
    this.#forgetOld();
    return this.#waiting.size;
  }

  /** A new ticket; where too many wait, the oldest is worth nothing any more. */
  issue(): string {
    this.#forgetOld();
    const [oldest] = this.#waiting.keys();
    if (oldest !== undefined && this.#waiting.size >= MAX_COUNT) this.#waiting.delete(oldest);
    const ticket = newSecret(this.#random);
    this.#waiting.set(digest(ticket), this.#clock.now() + LIFE_MS);
    return ticket;
  }

  /** True once per ticket. */
  redeem(ticket: string): boolean {
    this.#forgetOld();
    return this.#waiting.delete(digest(ticket));
  }

  #forgetOld(): void {
    for (const [key, end] of this.#waiting) {
      if (end > this.#clock.now()) return;
      this.#waiting.delete(key);
    }
  }
}

const digest = (text: string): string => new Bun.CryptoHasher('sha256').update(text).digest('base64');
