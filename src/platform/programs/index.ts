/** The one place that chooses how programs are looked for. */
import { isWindows } from '../os.ts';
import { posixPrograms } from './posix.ts';
import type { Programs } from './programs.ts';
import { windowsPrograms } from './windows/programs.ts';

export const {
  commandShell,
  commandShellAdvice,
  nativeShells,
  findShell,
  terminalShells,
  findProgram,
  misreadsArguments,
  installAdvice,
}: Programs = isWindows ? windowsPrograms : posixPrograms;
