/**
 * A stream of bytes whose reader says how much of it was taken: what may be on the way is bounded, however much the transport
 * in between holds.
 */

/** What the sender may have on the way. */
const WINDOW_BYTES = 4 * 1024 * 1024;
/** How much more must have been taken before the reader says so again. */
const STEP_BYTES = 256 * 1024;

/** The sender's side. */
export class Unacknowledged {
  #sent = 0;
  #taken = 0;

  sent(bytes: number): void {
    this.#sent += bytes;
  }

  /** Nothing is to be sent until more was taken. */
  get isFull(): boolean {
    return this.#sent - this.#taken >= WINDOW_BYTES;
  }

  /** `taken`: so far, all together. False: that cannot be. */
  acknowledge(taken: number): boolean {
    if (taken < this.#taken || taken > this.#sent) return false;
    this.#taken = taken;
    return true;
  }
}

/** The reader's side. */
export class Taken {
  #told = 0;

  /** What to say now that so much was taken, all together; undefined: nothing. */
  toTell(taken: number): number | undefined {
    if (taken - this.#told < STEP_BYTES) return undefined;
    this.#told = taken;
    return taken;
  }
}
