/** A named pipe that the shell opens once; what was written before waits for it, and so does the end. */
import type { CommandInput } from '../command-input.ts';
import type { InputFailure } from '../../process/process.ts';
import { InputPipe } from './input-pipe.ts';

export class PipeInput implements CommandInput {
  readonly path: string;
  readonly #pipe: InputPipe;

  private constructor(path: string, pipe: InputPipe) {
    this.path = path;
    this.#pipe = pipe;
  }

  static create(): PipeInput {
    const { name, pipe } = InputPipe.listen();
    return new PipeInput(name, pipe);
  }

  async write(data: Uint8Array, signal?: AbortSignal): Promise<InputFailure | undefined> {
    if (await this.#pipe.write(data, 0, signal)) return undefined;
    return signal?.aborted === true ? 'stdin-full' : 'stdin-closed';
  }

  end(): void {
    this.#pipe.close();
  }

  [Symbol.dispose](): void {
    this.#pipe.abandon();
  }
}
