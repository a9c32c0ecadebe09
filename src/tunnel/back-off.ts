/** Pauses between attempts that fail one after the other: each twice as long as the one before, up to five minutes. */

const FIRST_MS = 1000;
export const MAX_MS = 300_000;

export class BackOff {
  #next = FIRST_MS;

  /** Milliseconds to wait before the next attempt. */
  next(): number {
    const pause = this.#next;
    this.#next = Math.min(MAX_MS, pause * 2);
    return pause;
  }

  /** An attempt has succeeded. */
  reset(): void {
    this.#next = FIRST_MS;
  }
}
