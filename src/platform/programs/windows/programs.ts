/** Programs of Windows: a variable names the shell, which also runs batch files. */
import { existsSync } from 'node:fs';
import type { Environment } from '../../../core/environment.ts';
import type { Programs } from '../programs.ts';
import { isBatchFile } from './batch-file.ts';
import { commandInterpreter } from './command-interpreter.ts';
import { lookUpProgram } from './look-up-program.ts';
import { splitCommandLine } from './split-command-line.ts';
import { isWineProgram } from './wine-program.ts';

export const windowsPrograms: Programs = {
  commandShell: commandInterpreter,
  commandShellAdvice: 'let ComSpec name cmd.exe',
  // A bash, zsh or sh on the PATH belongs to another system (WSL, MSYS), with other paths and processes.
  nativeShells: new Set(['pwsh', 'powershell', 'cmd']),
  findShell,
  terminalShells: () => ['pwsh', 'powershell', 'cmd.exe'],
  // Escape, in the line editors of the console and of PowerShell.
  clearLineKey: '\u001b',
  lookUpProgram,
  splitCommandLine,
  // Of the two, `edit` stays in the terminal; only newer systems have it.
  editors: ['edit', 'notepad'],
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
      const found = lookUpProgram(`${name}.exe`, env, 'C:\\');
      return found.ok && !isWineProgram(found.value) ? found.value : undefined;
    }
    default:
      return undefined;
  }
}
