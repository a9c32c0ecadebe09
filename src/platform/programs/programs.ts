/** Programs of this machine: which of them are shells, how they are found, how their arguments reach them. */
import type { Environment } from '../../core/environment.ts';
import type { Result } from '../../core/failure.ts';

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
  /** The key that drops the line that is being typed, wherever its cursor is. */
  readonly clearLineKey: string;
  /**
   * Full path of the program: a name is looked up in the folders of PATH that are absolute, anything with a slash counts
   * from `cwd`.
   */
  readonly lookUpProgram: (program: string, env: Environment, cwd: string) => Result<string, ProgramMissing>;
  /** The words of a command line, by the rules of this system and without any expansion. Empty for a text of white space. */
  readonly splitCommandLine: (text: string) => Result<readonly string[], CommandLineInvalid>;
  /** Programs that edit a text where the user names none: the first one that is there. */
  readonly editors: readonly string[];
  /** Whether arguments for this program would be read by another program first. */
  readonly misreadsArguments: (program: string) => boolean;
  /** How to install a program that winget knows by this id, and whose own page is at `page`. */
  readonly installAdvice: (winget: string, page: string) => string;
}

export interface ProgramMissing {
  readonly reason: 'program-missing';
  /** As it was asked for. */
  readonly program: string;
  /** Where it was looked for, in that order. */
  readonly folders: readonly string[];
  /** What was tried at the end of its name, where this system does so: `.EXE` and the like. */
  readonly extensions: readonly string[];
}

export interface CommandLineInvalid {
  readonly reason: 'command-line-invalid';
  /** A sentence without its full stop. */
  readonly message: string;
}
