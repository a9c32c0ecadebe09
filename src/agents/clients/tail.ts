/**
 * What was sent last, for a client that comes back and has not had all of it. Entries of a session's log are kept by
 * reference; only what is nowhere else is kept as text.
 */
import type { Clock } from '../../core/clock.ts';

export interface Sendable {
  readonly text: string;
  /** The same text again, where it need not be kept; undefined when it is gone. */
  readonly again?: () => string | undefined;
}

interface Kept {
  readonly at: number;
  readonly size: number;
  readonly text: () => string | undefined;
}

/** Of the messages that are kept, in characters. */
const MAX_CHARACTERS = 64 * 1024 * 1024;
/** Short ones weigh more than their text. */
const MAX_MESSAGES = 100_000;
const MAX_AGE_MS = 600_000;
/** So many that are gone make it worth moving the others. */
const GONE = 1024;

export class Tail {
  readonly #clock: Pick<Clock, 'monotonic'>;
  #kept: Kept[] = [];
  /** Of `#kept`, those that are gone. */
  #gone = 0;
  #size = 0;
  #last = 0;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Number of the newest message; 0 when there was none. */
  get last(): number {
    return this.#last;
  }
  /** Number of the oldest that is kept. */
  get first(): number {
    return this.#last - (this.#kept.length - this.#gone) + 1;
  }

  /** Returns the number of the message. */
  add({ text, again }: Sendable): number {
    const now = this.#clock.monotonic();
    this.#kept.push({ at: now, size: text.length, text: again ?? (() => text) });
    this.#size += text.length;
    this.#last += 1;
    for (;;) {
      const oldest = this.#kept[this.#gone];
      const isFull = this.#size > MAX_CHARACTERS || this.#kept.length - this.#gone > MAX_MESSAGES;
      if (oldest === undefined || (!isFull && now - oldest.at <= MAX_AGE_MS)) break;
      this.#size -= oldest.size;
      this.#gone += 1;
    }
    if (this.#gone >= GONE && this.#gone * 2 >= this.#kept.length) this.#kept = this.#kept.slice(this.#gone);
    else return this.#last;
    this.#gone = 0;
    return this.#last;
  }

  /** The message of that number; undefined where its text is gone. */
  text(number: number): string | undefined {
    return number < this.first ? undefined : this.#kept[this.#gone + number - this.first]?.text();
  }
}
