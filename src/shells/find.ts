/** Which shells this machine has. */
import type { Processes } from '../platform/process.ts';
import { SCRIPT_DIALECTS, scriptShell } from './posix/script-shell.ts';
import type { ShellKind, ShellName } from './shell-process.ts';

export type Which = (program: string) => string | undefined;

export function findShells(processes: Processes, which: Which): ReadonlyMap<ShellName, ShellKind> {
  const kinds = new Map<ShellName, ShellKind>();
  for (const dialect of SCRIPT_DIALECTS) {
    const path = which(dialect.name);
    if (path !== undefined) kinds.set(dialect.name, scriptShell(dialect, path, processes));
  }
  return kinds;
}

/** What to use where nobody says which: the inherited order, then what the rest of the world has. */
export function defaultShell(kinds: ReadonlyMap<ShellName, ShellKind>): ShellName | undefined {
  return (['pwsh', 'powershell', 'bash', 'zsh', 'sh', 'cmd'] as const).find((name) => kinds.has(name));
}
