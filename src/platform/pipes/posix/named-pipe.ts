/**
 * A FIFO at a path. The reading end is held open here until the pipe is disposed of, so that what is written before the
 * program opens it waits instead of failing.
 */
import type { NamedPipe, PipeFailure } from '../pipes.ts';
import { InputPipe } from './input-pipe.ts';
import { close } from '../../files/close.ts';

export class Fifo implements NamedPipe {
  readonly path: string;
  readonly #pipe: InputPipe;
  #readEnd: number | undefined;

  private constructor(path: string, pipe: InputPipe, readEnd: number) {
    this.path = path;
    this.#pipe = pipe;
    this.#readEnd = readEnd;
  }

  static create(path: string): Fifo {
    const { pipe, readEnd } = InputPipe.create(path);
    return new Fifo(path, pipe, readEnd);
  }

  write(data: Uint8Array, signal?: AbortSignal): Promise<PipeFailure | undefined> {
    return this.#pipe.write(data, signal);
  }

  end(): void {
    this.#pipe.end();
  }

  [Symbol.dispose](): void {
    this.#pipe[Symbol.dispose]();
    if (this.#readEnd !== undefined) close(this.#readEnd);
    this.#readEnd = undefined;
  }
}
