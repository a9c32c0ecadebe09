/** A terminal as POSIX has it (termios). */
import { libc } from '../api/posix/libc.ts';
import type { ConsoleSystem } from './console.ts';

export const posixConsole: ConsoleSystem = {
  enterRawMode,
  STOP_SIGNALS: ['SIGINT', 'SIGTERM', 'SIGHUP'],
  // Terminals belong to a shell.
  ownsWindow: () => false,
  // The line discipline of a terminal ends a line with it.
  ENTER: '\n',
};

const STDIN = 0;
// <termios.h>: after what was written has gone out; the same everywhere.
const TCSADRAIN = 1;
/** No struct termios is as large. */
const TERMIOS_BYTES = 256;

/**
 * Not `setRawMode`: that goes on turning LF into CRLF, and an LF that moves the cursor straight down is what screens are
 * drawn with.
 */
function enterRawMode(): Disposable {
  const before = new Uint8Array(TERMIOS_BYTES);
  if (libc().tcgetattr(STDIN, before) !== 0) throw new Error('standard input is no terminal');
  const raw = before.slice();
  libc().cfmakeraw(raw);
  libc().tcsetattr(STDIN, TCSADRAIN, raw);
  return { [Symbol.dispose]: () => void libc().tcsetattr(STDIN, TCSADRAIN, before) };
}
