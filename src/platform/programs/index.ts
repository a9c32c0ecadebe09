/** The one place that chooses how programs are looked for. */
import type { Environment } from '../../core/environment.ts';
import { isWindows } from '../os.ts';
import { posixPrograms } from './posix/programs.ts';
import type { Programs } from './programs.ts';
import { windowsPrograms } from './windows/programs.ts';

export const {
  commandShell,
  commandShellAdvice,
  nativeShells,
  findShell,
  terminalShells,
  clearLineKey,
  lookUpProgram,
  splitCommandLine,
  editors,
  misreadsArguments,
  installAdvice,
}: Programs = isWindows ? windowsPrograms : posixPrograms;

/** For whom it does not matter where a program was looked for. */
export function findProgram(program: string, env: Environment, cwd: string): string | undefined {
  const found = lookUpProgram(program, env, cwd);
  return found.ok ? found.value : undefined;
}
