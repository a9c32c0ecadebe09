/**
 * Lines that the user types, each handed over when it is complete. It reads all the time: a line that was typed before a
 * question is not taken for the answer to it.
 */
export class TypedLines implements Disposable {
  /** Settles at the end of input (Ctrl-D). */
  readonly ended: Promise<void>;
  /** What takes the next lines; undefined: they are dropped. */
  taker: ((line: string) => void) | undefined;
  readonly #decoder = new TextDecoder();
  readonly #ended = Promise.withResolvers<void>();
  readonly #onData = (bytes: Uint8Array) => this.#typed(this.#decoder.decode(bytes, { stream: true }));
  readonly #onEnd = () => this.#ended.resolve();
  #rest = '';

  constructor() {
    this.ended = this.#ended.promise;
    process.stdin.on('data', this.#onData);
    process.stdin.on('end', this.#onEnd);
  }

  [Symbol.dispose](): void {
    this.taker = undefined;
    process.stdin.off('data', this.#onData);
    process.stdin.off('end', this.#onEnd);
    process.stdin.pause();
  }

  #typed(text: string): void {
    const lines = (this.#rest + text).split(/\r?\n/);
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.taker?.(line);
  }
}
