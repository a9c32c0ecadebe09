/** Which shells this machine has. */
import { isWindows } from '../platform/places.ts';
import type { Launcher } from '../platform/process.ts';
import { DIALECTS } from './posix/dialects.ts';
import { scriptShell } from './posix/script-shell.ts';
import { powershell } from './powershell/powershell-shell.ts';
import { SHELL_NAMES, type ShellKind, type ShellName } from './shell-process.ts';

export type Which = (program: string) => string | undefined;

/** In the order in which a default is chosen: the inherited shells, then what the rest of the world has. */
export function findShells(launcher: Launcher, which: Which): ReadonlyMap<ShellName, ShellKind> {
  const kinds = new Map<ShellName, ShellKind>();
  if (isWindows) return kinds;
  for (const name of SHELL_NAMES) {
    const path = which(name);
    if (path === undefined) continue;
    const dialect = DIALECTS.find((one) => one.name === name);
    kinds.set(name, dialect === undefined ? powershell(name, path, launcher) : scriptShell(dialect, path, launcher));
  }
  return kinds;
}

/** What to use where nobody says which. */
export function defaultShell(kinds: ReadonlyMap<ShellName, ShellKind>): ShellName | undefined {
  return SHELL_NAMES.find((name) => kinds.has(name));
}
