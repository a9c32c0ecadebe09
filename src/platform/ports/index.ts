/** The one place that chooses how sockets that listen are found, and whether a system tells of those that do not. */
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

/** Whether a connection to a port on which nothing listens is refused at once, and whoever makes it told so: Wine tells nobody. */
export const tellsRefusals = !isWindows;
