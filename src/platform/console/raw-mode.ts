/** Takes the keyboard of the terminal on stdin as it is, and leaves output alone, until disposed. Throws where stdin is none. */
import { isWindows } from '../paths.ts';
import { enterRawModePosix } from './posix/raw-mode.ts';
import { enterRawModeWindows } from './windows/raw-mode.ts';

export const enterRawMode: () => Disposable = isWindows ? enterRawModeWindows : enterRawModePosix;
