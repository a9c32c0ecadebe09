/** Work in pieces: whoever walks a large tree lets the server answer others in between. */

/** Milliseconds of work after which others come first. */
const PIECE_MS = 8;

export class Pace {
  readonly #signal: AbortSignal | undefined;
  #since = performance.now();

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** Rejects with the reason of the signal once that is aborted. */
  async rest(): Promise<void> {
    this.#signal?.throwIfAborted();
    if (performance.now() - this.#since < PIECE_MS) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    setImmediate(resolve);
    await promise;
    this.#signal?.throwIfAborted();
    this.#since = performance.now();
  }
}
