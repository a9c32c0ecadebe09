/**
 * A program by its path or its name, as cmd.exe looks for one: PATHEXT says which endings a name may leave out. But
 * the current folder is not searched: what lies there must not be run because it has the name of a program.
 * https://learn.microsoft.com/windows-server/administration/windows-commands/path
 */
import { lstatSync } from 'node:fs';
import { win32 } from 'node:path';
import type { Environment } from '../../../core/environment.ts';
import { fail, ok, type Result } from '../../../core/failure.ts';
import type { ProgramMissing, Programs } from '../programs.ts';
import { variable } from './command-interpreter.ts';

/** What CreateProcessW and cmd.exe start; PATHEXT also has the endings of scripts that need a host. */
const STARTABLE = ['.COM', '.EXE', '.BAT', '.CMD'];

export const lookUpProgram: Programs['lookUpProgram'] = (program, env, cwd) =>
  lookUpProgramAmong(isFile, program, env, cwd);

export function lookUpProgramAmong(
  isThere: (path: string) => boolean,
  program: string,
  env: Environment,
  cwd: string,
): Result<string, ProgramMissing> {
  const extensions = extensionsOf(env);
  const isPath = /[\\/:]/.test(program);
  const bases = isPath
    ? [win32.resolve(cwd, program)]
    : searchFolders(env).map((folder) => win32.join(folder, program));
  const path = bases.flatMap((base) => spellings(base, extensions, isPath)).find(isThere);
  if (path !== undefined) return ok(path);
  return fail({ reason: 'program-missing', program, folders: bases.map((base) => win32.dirname(base)), extensions });
}

/**
 * A name without an ending is not tried as it stands: beside the `tool.cmd` that npm makes lies a `tool` for another
 * shell. A path may name any file, whatever its ending.
 */
function spellings(base: string, extensions: readonly string[], isPath: boolean): string[] {
  const withExtension = extensions.map((extension) => base + extension.toLowerCase());
  if (extensions.includes(win32.extname(base).toUpperCase())) return [base, ...withExtension];
  return isPath ? [...withExtension, base] : withExtension;
}

function extensionsOf(env: Environment): readonly string[] {
  const listed = (variable(env, 'PATHEXT') ?? '').toUpperCase().split(';');
  const startable = listed.map((extension) => extension.trim()).filter((extension) => STARTABLE.includes(extension));
  return startable.length === 0 ? STARTABLE : [...new Set(startable)];
}

/** A folder of PATH may stand in quotes, and have a semicolon in its name then. */
function searchFolders(env: Environment): readonly string[] {
  const entries = (variable(env, 'PATH') ?? '').match(/(?:"[^"]*"|[^;"])+/g) ?? [];
  return [...new Set(entries.map((entry) => entry.replaceAll('"', '').trim()).filter(win32.isAbsolute))];
}

/** Not followed: an alias of the Store leads nowhere that could be looked at, and can be run. */
function isFile(path: string): boolean {
  try {
    return !lstatSync(path).isDirectory();
  } catch {
    return false;
  }
}
