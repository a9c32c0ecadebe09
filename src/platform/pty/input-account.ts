/** Counts the input that was written and that the program has not taken yet: the engines keep it without limit. */

/** Bytes beyond which more input is refused. */
export const INPUT_LIMIT = 1024 * 1024;

export class InputAccount {
  readonly #isTaken: () => boolean;
  #waiting = 0;

  /** `isTaken` is asked when the account is full: for an engine that does not report when the program has read. */
  constructor(isTaken: () => boolean = () => false) {
    this.#isTaken = isTaken;
  }

  reserve(bytes: number): boolean {
    if (this.#waiting + bytes > INPUT_LIMIT && this.#waiting > 0 && this.#isTaken()) this.#waiting = 0;
    if (this.#waiting + bytes > INPUT_LIMIT) return false;
    this.#waiting += bytes;
    return true;
  }

  /** Everything that was written has been taken. */
  drained(): void {
    this.#waiting = 0;
  }
}
