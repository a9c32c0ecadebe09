/** Programs of this machine: which of them are shells, how they are found, how their arguments reach them. */
import type { Environment } from '../../core/environment.ts';

export interface Programs {
  /** Path of the shell that runs every command of a job. */
  readonly commandShell: (env: Environment) => string;
  /** What to do where that one cannot be run. */
  readonly commandShellAdvice: string;
  /** Names of the shells that work with this system's own paths and processes. */
  readonly nativeShells: ReadonlySet<string>;
  /** Path of the native shell of that name; undefined where this machine has none. */
  readonly findShell: (name: string, env: Environment) => string | undefined;
  /** Programs for a terminal whose request names none: the first one that is there. */
  readonly terminalShells: (env: Environment) => readonly string[];
  /** Full path of the program, looked up in PATH where it is only a name. */
  readonly findProgram: (program: string, env: Environment, cwd: string) => string | undefined;
  /** Whether arguments for this program would be read by another program first. */
  readonly misreadsArguments: (program: string) => boolean;
  /** How to install a program that winget knows by this id, and whose own page is at `page`. */
  readonly installAdvice: (winget: string, page: string) => string;
}
