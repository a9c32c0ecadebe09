/** Windows' own named pipes, which stand in a namespace of their own. */
import type { ChannelAddress, Pipes, PipeWriter } from '../pipes.ts';
import { WindowsNamedPipe } from './named-pipe.ts';
import { newPipeName, PIPE_PREFIX } from './pipe-name.ts';

export const windowsPipes: Pipes = {
  createNamedPipe: () => WindowsNamedPipe.create(),
  openSharedInput: () => ENDED,
  newChannelAddress,
};

/**
 * Windows has nothing like the FIFO that POSIX empties between commands: a pipe that has ended once has ended for good,
 * what is in it cannot be taken out without the risk of waiting for ever behind a reader, and no shell can be given
 * another stdin. So commands read the end of input.
 */
const ENDED: PipeWriter = {
  write: () => Promise.resolve('stdin-closed'),
  end() {},
  [Symbol.dispose]() {},
};

/**
 * By default everybody may connect to a named pipe, but only the owner, the administrators and the system may write.
 * https://learn.microsoft.com/windows/win32/ipc/named-pipe-security-and-access-rights
 */
function newChannelAddress(): ChannelAddress {
  const path = newPipeName();
  return { path, name: path.slice(PIPE_PREFIX.length), [Symbol.dispose]() {} };
}
