/** FIFOs and Unix sockets. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChannelAddress, Pipes } from '../pipes.ts';
import { Fifo } from './named-pipe.ts';
import { SharedFifo } from './shared-input.ts';

export const posixPipes: Pipes = {
  createNamedPipe: (place) => Fifo.create(place),
  openSharedInput: (path) => SharedFifo.open(path),
  newChannelAddress,
};

/** A Unix socket in a folder that only its owner can enter, so that nobody else can connect. */
function newChannelAddress(): ChannelAddress {
  // Not in the data folder: the name of a Unix socket has little more than a hundred bytes.
  const folder = mkdtempSync(join(tmpdir(), 'agent-server-'));
  const path = join(folder, 'c');
  return { path, name: path, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}
