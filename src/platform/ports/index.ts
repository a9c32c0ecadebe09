/** The one place that chooses how sockets that listen are found. */
import { isWindows } from '../os.ts';
import type { ListeningSockets } from './listening.ts';
import { LinuxListening } from './posix/linux.ts';
import { MacListening } from './posix/macos.ts';
import { WindowsListening } from './windows/windows.ts';

export const createListeningSockets: () => ListeningSockets = isWindows
  ? () => new WindowsListening()
  : process.platform === 'darwin'
    ? () => new MacListening()
    : () => new LinuxListening();
