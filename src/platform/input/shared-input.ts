/**
 * stdin of one command in a shell whose commands all inherit the shell's own.
 *
 * POSIX: a FIFO, emptied between commands, whose end of input is the last writer's leaving. Windows has nothing like
 * it: a pipe that has ended once has ended for good, what is in it cannot be taken out without the risk of waiting
 * for ever behind somebody who reads, and no shell can be given another stdin. So commands read end of input there.
 */
import { isWindows } from '../paths.ts';
import { SharedFifo } from './posix/shared-input.ts';
import type { InputFailure } from '../process/process.ts';

export interface SharedInput extends Disposable {
  write(data: Uint8Array, signal?: AbortSignal): Promise<InputFailure | undefined>;
  end(): void;
}

const ENDED: SharedInput = {
  write: () => Promise.resolve('stdin-closed'),
  end() {},
  [Symbol.dispose]() {},
};

/** `path` is where the shell's stdin was made. */
export const openSharedInput: (path: string) => SharedInput = isWindows ? () => ENDED : (path) => SharedFifo.open(path);
