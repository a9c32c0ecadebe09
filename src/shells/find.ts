/** Which shells this machine has. */
import type { Environment } from '../core/environment.ts';
import type { Launcher } from '../platform/process/process.ts';
import { findShell } from '../platform/programs/index.ts';
import { DIALECTS } from './posix/dialects.ts';
import { scriptShell } from './posix/script-shell.ts';
import { powershell } from './powershell/powershell-shell.ts';
import { SHELL_NAMES, type ShellKind, type ShellName } from './shell-process.ts';
import { cmdShell } from './windows/cmd-shell.ts';

/** `env`: of the shells themselves, whose PATH is where they are looked for. */
export function findShells(launcher: Launcher, env: Environment): ReadonlyMap<ShellName, ShellKind> {
  return new Map(
    SHELL_NAMES.flatMap((name) => {
      const path = findShell(name, env);
      return path === undefined ? [] : [[name, shellKind(name, path, launcher)]];
    }),
  );
}

function shellKind(name: ShellName, path: string, launcher: Launcher): ShellKind {
  switch (name) {
    case 'cmd':
      return cmdShell(path, launcher);
    case 'pwsh':
    case 'powershell':
      return powershell(name, path, launcher);
    case 'bash':
    case 'zsh':
    case 'sh':
      return scriptShell(DIALECTS[name], path, launcher);
  }
}
