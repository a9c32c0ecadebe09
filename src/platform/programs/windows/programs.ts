/** Programs of Windows: a variable names the shell, which also runs batch files. */
import { existsSync } from 'node:fs';
import type { Environment } from '../../../core/environment.ts';
import type { Programs } from '../programs.ts';
import { commandInterpreter, variable } from './command-interpreter.ts';
import { isWineProgram } from './wine-program.ts';

export const windowsPrograms: Programs = {
  commandShell: commandInterpreter,
  commandShellAdvice: 'let ComSpec name cmd.exe',
  // A bash, zsh or sh on the PATH belongs to another system (WSL, MSYS), with other paths and processes.
  nativeShells: new Set(['pwsh', 'powershell', 'cmd']),
  findShell,
  terminalShells: () => ['pwsh', 'powershell', 'cmd.exe'],
  findProgram: (program, env, cwd) => Bun.which(program, { PATH: searchPath(env), cwd }) ?? undefined,
  misreadsArguments: isBatchFile,
  installAdvice: (winget) => `winget install ${winget}`,
};

function findShell(name: string, env: Environment): string | undefined {
  switch (name) {
    case 'cmd': {
      const path = commandInterpreter(env);
      return existsSync(path) ? path : undefined;
    }
    case 'pwsh':
    case 'powershell': {
      const path = Bun.which(`${name}.exe`, { PATH: searchPath(env) });
      return path === null || isWineProgram(path) ? undefined : path;
    }
    default:
      return undefined;
  }
}

const searchPath = (env: Environment): string => variable(env, 'PATH') ?? '';

/**
 * A program that is run by cmd.exe, whatever starts it: its arguments are read once more, by cmd.exe's own rules, and
 * `"&calc` in one of them is a command (CVE-2024-27980). Dots and spaces at the end are not part of the name for
 * Windows (CVE-2024-43402).
 */
function isBatchFile(path: string): boolean {
  return /\.(?:bat|cmd)[. ]*$/i.test(path);
}
