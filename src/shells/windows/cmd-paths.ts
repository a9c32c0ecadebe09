/**
 * Paths in the lines that are written to cmd.exe. Those lines are in whatever code page the session has chosen, and
 * `%` begins a variable in them even in quotes: so a path that is not plain goes by way of a variable, which was put
 * into the environment as it is and whose value is not looked at again.
 */
import { devNull } from 'node:os';
import { win32 } from 'node:path';

/** The folder of the shell, in its own environment. */
const FOLDER_VARIABLE = 'AGENT_SERVER_SHELL_FOLDER';

export class CmdPaths {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What the shell needs in its environment: nothing where all is plain. */
  get environment(): Readonly<Record<string, string>> {
    return isPlain(this.#folder) ? {} : { [FOLDER_VARIABLE]: this.#folder };
  }

  file(name: string): string {
    return win32.join(this.#folder, name);
  }

  /** As one word of a line. Throws for a path that cannot be written in any way. */
  readonly quoted = (path: string): string => {
    if (path === devNull) return 'nul';
    if (isPlain(path)) return `"${path}"`;
    const fromHere = win32.relative(this.#folder, path);
    if (isPlain(fromHere)) return `"%${FOLDER_VARIABLE}%\\${fromHere}"`;
    throw new Error(`cmd cannot be given the path ${path}`);
  };
}

// No path on Windows has a quote in it.
const isPlain = (path: string): boolean => /^[ -~]*$/.test(path) && !path.includes('%');
