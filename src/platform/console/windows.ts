/** A Windows console. */
import { kernel32 } from '../api/windows/kernel32.ts';
import type { ConsoleSystem } from './console.ts';

export const windowsConsole: ConsoleSystem = {
  // A console has no further state that would have to be set or restored: Bun's raw mode is all there is.
  enterRawMode() {
    process.stdin.setRawMode(true);
    return { [Symbol.dispose]: () => void process.stdin.setRawMode(false) };
  },
  // Node reports the closing of the console's window as SIGHUP, and Ctrl-Break as SIGBREAK.
  STOP_SIGNALS: ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'],
  // https://learn.microsoft.com/windows/console/getconsoleprocesslist: 0 without a console, else how many share it.
  ownsWindow: () => kernel32().GetConsoleProcessList(new Uint32Array(2), 2) === 1,
  // A console takes only a carriage return for Enter.
  ENTER: '\r',
};
