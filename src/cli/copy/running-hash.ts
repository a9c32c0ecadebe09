/** The SHA-256 of a file that is sent in parts, some of which an earlier command may have sent. */
const STEP_BYTES = 4 * 1024 * 1024;

export class RunningHash {
  readonly #read: (from: number, to: number) => Promise<Uint8Array>;
  #hash = new Bun.CryptoHasher('sha256');
  #at = 0;

  constructor(read: (from: number, to: number) => Promise<Uint8Array>) {
    this.#read = read;
  }

  /** In hexadecimal, of all bytes before `offset`; `bytes`, where they are at hand, begin at `from`. */
  async upTo(offset: number, from = 0, bytes: Uint8Array = new Uint8Array()): Promise<string> {
    if (offset < this.#at) {
      // The server has lost some of what it had.
      this.#hash = new Bun.CryptoHasher('sha256');
      this.#at = 0;
    }
    while (this.#at < offset) {
      const isAtHand = this.#at >= from && this.#at < from + bytes.length;
      const piece = isAtHand
        ? bytes.subarray(this.#at - from, Math.min(bytes.length, offset - from))
        : await this.#read(this.#at, Math.min(offset, this.#at + STEP_BYTES));
      // It has become shorter, which is found at its end.
      if (piece.length === 0) break;
      this.#hash.update(piece);
      this.#at += piece.length;
    }
    return this.#hash.copy().digest('hex');
  }
}
