/** The console (terminal) that a process is used through. */
import { isWindows } from '../os.ts';
import type { ConsoleSystem } from './console.ts';
import { posixConsole } from './posix.ts';
import { windowsConsole } from './windows.ts';

export const { enterRawMode, STOP_SIGNALS, ownsWindow, ENTER }: ConsoleSystem = isWindows
  ? windowsConsole
  : posixConsole;
