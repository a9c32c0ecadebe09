/**
 * stdin of one command in a shell that is kept: the shell opens it by its path when the command's turn comes, and
 * nothing of it reaches the next command. POSIX has a FIFO at a place in the file system, Windows a named pipe, which
 * has its own.
 */
import { isWindows } from '../paths.ts';
import { FifoInput } from './posix/command-input.ts';
import type { InputFailure } from '../process/process.ts';
import { PipeInput } from './windows/command-input.ts';

export interface CommandInput extends Disposable {
  /** What the shell has to open. */
  readonly path: string;
  write(data: Uint8Array, signal?: AbortSignal): Promise<InputFailure | undefined>;
  end(): void;
}

export const createCommandInput: (place: string) => CommandInput = isWindows
  ? () => PipeInput.create()
  : (place) => FifoInput.create(place);
