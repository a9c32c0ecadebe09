/**
 * Writes the record of an open session behind: with each turn it changes several times, and its log, which is never
 * behind, tells a later server the same. Only prompts that wait are nowhere else.
 */
import type { Clock } from '../core/clock.ts';

const BEHIND_MS = 100;

export class RecordWriter implements Disposable {
  readonly #clock: Clock;
  readonly #write: () => void;
  #timer: Disposable | undefined;

  constructor(clock: Clock, write: () => void) {
    this.#clock = clock;
    this.#write = write;
  }

  /** `now`: nothing else tells of this change. */
  changed(now: boolean): void {
    if (now) return this.flush();
    this.#timer ??= this.#clock.after(BEHIND_MS, () => this.flush());
  }

  flush(): void {
    this[Symbol.dispose]();
    this.#write();
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }
}
