/** The one place that chooses how a further process of this program is started. */
import { isWindows } from '../os.ts';
import type { StartOwnProcess } from './own-process.ts';
import { startPosix } from './posix.ts';
import { startWindows } from './windows.ts';

export const startOwnProcess: StartOwnProcess = isWindows ? startWindows : startPosix;
