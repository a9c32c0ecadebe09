/** Programs of a POSIX system: the shell has a fixed path, and every program gets its arguments as they are. */
import type { Programs } from '../programs.ts';
import { lookUpProgram } from './look-up-program.ts';
import { splitCommandLine } from './split-command-line.ts';

const NATIVE_SHELLS = new Set(['pwsh', 'powershell', 'bash', 'zsh', 'sh']);

export const posixPrograms: Programs = {
  commandShell: () => '/bin/sh',
  commandShellAdvice: 'install a POSIX shell there',
  nativeShells: NATIVE_SHELLS,
  findShell(name, env) {
    const found = NATIVE_SHELLS.has(name) ? lookUpProgram(name, env, '/') : undefined;
    return found?.ok ? found.value : undefined;
  },
  terminalShells: (env) => [...(env['SHELL'] ? [env['SHELL']] : []), 'bash', 'sh'],
  // Ctrl-C: Ctrl-U leaves what stands behind the cursor.
  clearLineKey: '\u0003',
  lookUpProgram,
  splitCommandLine,
  // `editor` is what Debian's user has chosen.
  editors: ['editor', 'vi', 'nano'],
  misreadsArguments: () => false,
  // Each distribution has a package manager of its own.
  installAdvice: (_winget, page) => page,
};
