/** Settings of terminals. */
import { integer, oneOf, seconds, text, type SettingGroup } from './kinds.ts';

export const TERMINAL_SETTINGS = {
  'terminal-shell': text(
    'PROGRAM',
    undefined,
    'Program for terminals that name none. Default: `$SHELL`, else `bash`, else `sh`; on Windows `pwsh`, else `powershell`, else `cmd.exe`.',
  ),
  'pty-engine': oneOf(
    ['bun', 'bun-pty'],
    'What opens terminals: Bun itself, or the slower package bun-pty, which is also used where Bun cannot open any.',
  ),
  'max-terminal-sessions': integer(
    'N',
    2,
    0,
    10_000,
    'Maximum number of terminals that a socket opened, and that end with it.',
  ),
  'max-terminals': integer('N', 32, 0, 10_000, 'Maximum number of running terminals that `POST /terminals` made.'),
  'terminal-idle-timeout': seconds(
    900,
    31_536_000,
    'Seconds without input after which a socket that opened its terminal is closed. 0: never.',
  ),
  'terminal-lifetime': seconds(
    3600,
    31_536_000,
    'Seconds after which a socket that opened its terminal is closed. 0: never.',
  ),
  'terminal-keep': seconds(
    86_400,
    31_536_000,
    'Seconds without socket, input or output after which a terminal of `POST /terminals` is ended. 0: never.',
  ),
} satisfies SettingGroup;
