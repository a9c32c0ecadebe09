/** Lines to the editor on standard output, in order. What it does not read is held, and the server is made to wait. */
import { write } from '../output.ts';

export interface OutputReader {
  /** Much is waiting for the editor. */
  readonly full: () => void;
  readonly drained: () => void;
}

/** Bytes that may wait before nothing more is taken from the server. */
const FULL_BYTES = 1024 * 1024;

export class EditorOutput {
  /** Rejects when the editor reads no more. */
  readonly failed: Promise<never>;
  readonly #reader: OutputReader;
  readonly #failure = Promise.withResolvers<never>();
  #waiting = 0;
  #isFull = false;
  #last: Promise<void> = Promise.resolve();

  constructor(reader: OutputReader) {
    this.#reader = reader;
    this.failed = this.#failure.promise;
    this.failed.catch(() => {});
  }

  send(line: string): void {
    const { length } = line;
    this.#waiting += length;
    this.#last = write('stdout', `${line}\n`).then(
      () => this.#written(length),
      (error: unknown) => this.#failure.reject(error),
    );
    if (this.#waiting <= FULL_BYTES || this.#isFull) return;
    this.#isFull = true;
    this.#reader.full();
  }

  /** Resolves when all of it is written, or cannot be. */
  written(): Promise<void> {
    return this.#last;
  }

  #written(length: number): void {
    this.#waiting -= length;
    if (!this.#isFull || this.#waiting > FULL_BYTES / 2) return;
    this.#isFull = false;
    this.#reader.drained();
  }
}
