/** A named pipe, which a program opens once. */
import type { NamedPipe, PipeFailure } from '../pipes.ts';
import { InputPipe } from './input-pipe.ts';

export class WindowsNamedPipe implements NamedPipe {
  readonly path: string;
  readonly #pipe: InputPipe;

  private constructor(path: string, pipe: InputPipe) {
    this.path = path;
    this.#pipe = pipe;
  }

  static create(): WindowsNamedPipe {
    const { name, pipe } = InputPipe.listen();
    return new WindowsNamedPipe(name, pipe);
  }

  async write(data: Uint8Array, signal?: AbortSignal): Promise<PipeFailure | undefined> {
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
