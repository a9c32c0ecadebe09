/** Which shells this machine has. */
import { existsSync } from 'node:fs';
import { isWindows } from '../platform/paths.ts';
import type { Launcher } from '../platform/process/process.ts';
import { StartedSince } from '../platform/process/posix/started-since.ts';
import { commandInterpreter, variable } from '../platform/process/windows/command-line.ts';
import { isWineProgram } from '../platform/shell/windows/wine-program.ts';
import { DIALECTS } from './posix/dialects.ts';
import { scriptShell } from './posix/script-shell.ts';
import { powershell } from './powershell/powershell-shell.ts';
import { SHELL_NAMES, type ShellKind, type ShellName } from './shell-process.ts';
import { cmdShell } from './windows/cmd-shell.ts';

/** Of the shells themselves: PATH is where they are looked for. */
type Environment = Readonly<Record<string, string>>;

const find = isWindows ? findOnWindows : findOnPosix;

export function findShells(launcher: Launcher, env: Environment): ReadonlyMap<ShellName, ShellKind> {
  return new Map(SHELL_NAMES.flatMap((name) => find(name, launcher, env) ?? []).map((kind) => [kind.name, kind]));
}

/** What to use where nobody says which: the inherited shells, then what the rest of the world has. */
export function defaultShell(kinds: ReadonlyMap<ShellName, ShellKind>): ShellName | undefined {
  return SHELL_NAMES.find((name) => kinds.has(name));
}

function findOnPosix(name: ShellName, launcher: Launcher, env: Environment): ShellKind | undefined {
  const path = name === 'cmd' ? null : Bun.which(name, { PATH: env['PATH'] ?? '' });
  if (path === null) return undefined;
  const dialect = DIALECTS.find((one) => one.name === name);
  if (dialect !== undefined) return scriptShell(dialect, path, launcher);
  return powershell(name, path, launcher, (tree) => new StartedSince(tree));
}

/** A bash, zsh or sh on Windows' PATH lives in a world of its own (WSL, MSYS), with other paths and processes. */
function findOnWindows(name: ShellName, launcher: Launcher, env: Environment): ShellKind | undefined {
  switch (name) {
    case 'cmd': {
      const path = commandInterpreter(env);
      return existsSync(path) ? cmdShell(path, launcher) : undefined;
    }
    case 'pwsh':
    case 'powershell': {
      const path = Bun.which(`${name}.exe`, { PATH: variable(env, 'PATH') ?? '' });
      return path === null || isWineProgram(path) ? undefined : powershell(name, path, launcher);
    }
    case 'bash':
    case 'zsh':
    case 'sh':
      return undefined;
  }
}
