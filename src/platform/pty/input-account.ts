/** Counts the input that was written and that the program has not taken yet: the engines keep it without limit. */

/** Bytes beyond which more input is refused. */
export const INPUT_LIMIT = 1024 * 1024;

/**
 * Milliseconds after the last write for which `isTaken` is not believed: a thread of the engine has yet to hand the bytes
 * to the terminal, which looks empty until then.
 */
const ON_THE_WAY_MS = 100;

export class InputAccount {
  readonly #isTaken: () => boolean;
  readonly #now: () => number;
  #waiting = 0;
  #writtenAt = 0;

  /** `isTaken` is asked when the account is full: for an engine that does not report when the program has read. */
  constructor(isTaken: () => boolean = () => false, now: () => number = () => performance.now()) {
    this.#isTaken = isTaken;
    this.#now = now;
  }

  reserve(bytes: number): boolean {
    const now = this.#now();
    const isFull = this.#waiting > 0 && this.#waiting + bytes > INPUT_LIMIT;
    if (isFull && now - this.#writtenAt > ON_THE_WAY_MS && this.#isTaken()) this.#waiting = 0;
    if (this.#waiting + bytes > INPUT_LIMIT) return false;
    this.#waiting += bytes;
    this.#writtenAt = now;
    return true;
  }

  /** Everything that was written has been taken. */
  drained(): void {
    this.#waiting = 0;
  }
}
