/**
 * A FIFO. Until the shell opens it, and until the command ends, the reading end is held open here, so that input that
 * comes early waits instead of failing.
 */
import { closeSync } from 'node:fs';
import type { CommandInput } from '../command-input.ts';
import type { InputFailure } from '../../process/process.ts';
import { InputPipe } from './input-pipe.ts';

export class FifoInput implements CommandInput {
  readonly path: string;
  readonly #pipe: InputPipe;
  #readEnd: number | undefined;

  private constructor(path: string, pipe: InputPipe, readEnd: number) {
    this.path = path;
    this.#pipe = pipe;
    this.#readEnd = readEnd;
  }

  static create(path: string): FifoInput {
    const { pipe, readEnd } = InputPipe.create(path);
    return new FifoInput(path, pipe, readEnd);
  }

  write(data: Uint8Array, signal?: AbortSignal): Promise<InputFailure | undefined> {
    return this.#pipe.write(data, signal);
  }

  end(): void {
    this.#pipe.end();
  }

  [Symbol.dispose](): void {
    this.#pipe[Symbol.dispose]();
    if (this.#readEnd !== undefined) closeSync(this.#readEnd);
    this.#readEnd = undefined;
  }
}
