/**
 * Where a server of ours listens for one shell that it has started.
 *
 * POSIX: a Unix socket in a folder that its owner alone can enter, so nobody else can connect. Windows: a named
 * pipe, to which by default everybody may connect, but only the owner, the administrators and the system may write.
 * https://learn.microsoft.com/windows/win32/ipc/named-pipe-security-and-access-rights
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isWindows } from '../paths.ts';
import { newPipeName, PIPE_PREFIX } from './windows/pipe-name.ts';

export interface ChannelAddress extends Disposable {
  /** What node:net listens on. */
  readonly path: string;
  /** What .NET's NamedPipeClientStream calls it. */
  readonly name: string;
}

export const newChannelAddress: () => ChannelAddress = isWindows ? pipeAddress : socketAddress;

function pipeAddress(): ChannelAddress {
  const path = newPipeName();
  return { path, name: path.slice(PIPE_PREFIX.length), [Symbol.dispose]: () => {} };
}

function socketAddress(): ChannelAddress {
  // Not in the data folder: the name of a Unix socket has little more than a hundred bytes.
  const folder = mkdtempSync(join(tmpdir(), 'agent-server-'));
  const path = join(folder, 'c');
  return { path, name: path, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}
