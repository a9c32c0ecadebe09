/** Follows a file that grows into the end of an output. Where it has grown by more than is kept, the rest is not read. */
import { statSync } from 'node:fs';
import type { OutputTail } from '../../agents/host/output-tail.ts';
import { readSlice } from '../../jobs/output.ts';

const PIECE_BYTES = 256 * 1024;

export class FileTail {
  readonly #path: string;
  #offset = 0;

  constructor(path: string) {
    this.#path = path;
  }

  async readInto(output: OutputTail): Promise<void> {
    // Not there before the command's turn.
    const size = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
    if (size - this.#offset > output.limit) {
      output.skip();
      this.#offset = size - output.limit;
    }
    while (this.#offset < size) {
      const bytes = await readSlice(this.#path, this.#offset, Math.min(size, this.#offset + PIECE_BYTES));
      if (bytes.length === 0) return;
      this.#offset += bytes.length;
      output.append(bytes);
    }
  }
}
