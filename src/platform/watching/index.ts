/** The one place that chooses how folders are watched. */
import { isWindows } from '../os.ts';
import { posixWatching } from './posix/posix.ts';
import type { Watching } from './watching.ts';
import { windowsWatching } from './windows.ts';

export const watching: Watching = isWindows ? windowsWatching : posixWatching;
