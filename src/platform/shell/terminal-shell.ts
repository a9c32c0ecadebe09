/** Which program a terminal is given. */
import { isWindows } from '../paths.ts';
import { isBatchFile, isRefusedPathWindows } from '../files/windows/path-names.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where nobody says which: the first of these that is there. */
export const terminalShells: (env: Environment) => readonly string[] = isWindows
  ? () => ['pwsh', 'powershell', 'cmd.exe']
  : (env) => [...(env['SHELL'] ? [env['SHELL']] : []), 'bash', 'sh'];

/** Whether the path must not even be looked at. Windows alone has names that mean something else. */
export const isRefusedPath: (path: string) => boolean = isWindows ? isRefusedPathWindows : () => false;

/** Whether arguments for this program would be read by somebody else than the program. */
export const misreadsArguments: (program: string) => boolean = isWindows ? isBatchFile : () => false;

/** Full path of the program, looked up in PATH where it is only a name. */
export function findProgram(program: string, env: Environment, cwd: string): string | undefined {
  return Bun.which(program, { PATH: searchPath(env) ?? '', cwd }) ?? undefined;
}

// Windows spells it `Path` itself and takes any; what was laid over last counts.
const searchPath: (env: Environment) => string | undefined = isWindows
  ? (env) => Object.entries(env).findLast(([name]) => name.toUpperCase() === 'PATH')?.[1]
  : (env) => env['PATH'];
