/**
 * stdin of one command in a shell whose commands all inherit the same FIFO. What the command before did not read is
 * taken out first. Closing the writing end is the end of input, and the next command opens a new one.
 */
import { constants, openSync, readSync } from 'node:fs';
import type { PipeFailure, PipeWriter } from '../pipes.ts';
import { InputPipe } from './input-pipe.ts';
import { close } from '../../files/close.ts';

export class SharedFifo implements PipeWriter {
  readonly #pipe: InputPipe;

  private constructor(pipe: InputPipe) {
    this.#pipe = pipe;
  }

  static open(path: string): SharedFifo {
    drain(path);
    return new SharedFifo(InputPipe.reopen(path));
  }

  write(data: Uint8Array, signal?: AbortSignal): Promise<PipeFailure | undefined> {
    return this.#pipe.write(data, signal);
  }

  end(): void {
    this.#pipe[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.#pipe[Symbol.dispose]();
  }
}

function drain(path: string): void {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const into = new Uint8Array(64 * 1024);
    while (readSync(fd, into) > 0);
  } catch {
    // EAGAIN: another process holds the writing end, and nothing is left.
  } finally {
    close(fd);
  }
}
