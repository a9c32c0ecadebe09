/**
 * stdin of one command in a shell whose commands all inherit the same FIFO: what the one before did
 * not read is taken out first, and the end of input is the last writer's leaving. The next command's
 * writer comes anew.
 */
import { closeSync, constants, openSync, readSync } from 'node:fs';
import type { InputFailure } from '../../process/process.ts';
import type { SharedInput } from '../shared-input.ts';
import { InputPipe } from './input-pipe.ts';

export class SharedFifo implements SharedInput {
  readonly #pipe: InputPipe;

  private constructor(pipe: InputPipe) {
    this.#pipe = pipe;
  }

  static open(path: string): SharedFifo {
    drain(path);
    return new SharedFifo(InputPipe.reopen(path));
  }

  write(data: Uint8Array, signal?: AbortSignal): Promise<InputFailure | undefined> {
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
    // EAGAIN: somebody holds the writing end, and there is nothing left.
  } finally {
    closeSync(fd);
  }
}
