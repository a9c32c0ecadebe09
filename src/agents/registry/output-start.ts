/** The beginning of what a program writes; of one that does not stop, no more is read. */

const MAX_BYTES = 64 * 1024;

export class OutputStart {
  /** Settles when there is more than is read. Never rejects. */
  readonly full: Promise<void>;
  /** Settles when no more comes. Never rejects. */
  readonly ended: Promise<void>;
  readonly #full = Promise.withResolvers<void>();
  readonly #bytes: Uint8Array[] = [];

  constructor(stream: ReadableStream<Uint8Array>) {
    this.full = this.#full.promise;
    this.ended = this.#read(stream).catch(() => {});
  }

  get text(): string {
    return Buffer.concat(this.#bytes).toString('utf8').trim();
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    let length = 0;
    for await (const bytes of stream) {
      this.#bytes.push(bytes);
      length += bytes.length;
      if (length > MAX_BYTES) return this.#full.resolve();
    }
  }
}
