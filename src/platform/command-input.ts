/**
 * stdin of one command in a shell that is kept. The shell opens it by name when the command's turn
 * comes; until then, and until the command ends, the reading end is held open here, so that input
 * that comes early waits instead of failing.
 */
import { closeSync } from 'node:fs';
import { InputPipe } from './posix/input-pipe.ts';
import type { InputFailure } from './process.ts';

export class CommandInput implements Disposable {
  readonly #pipe: InputPipe;
  #readEnd: number | undefined;

  private constructor(pipe: InputPipe, readEnd: number) {
    this.#pipe = pipe;
    this.#readEnd = readEnd;
  }

  static create(path: string): CommandInput {
    const { pipe, readEnd } = InputPipe.create(path);
    return new CommandInput(pipe, readEnd);
  }

  write(data: Uint8Array): Promise<InputFailure | undefined> {
    return this.#pipe.write(data);
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
