/** A request for a terminal, and the program that it comes to. */
import { resolve } from 'node:path';
import { fail, ok, type Result } from '../core/failure.ts';
import { isRefusedPath } from '../platform/files/index.ts';
import { findProgram, misreadsArguments, terminalShells } from '../platform/programs/index.ts';
import type { TerminalKind } from './terminal.ts';

export interface TerminalRequest {
  readonly kind: TerminalKind;
  readonly name?: string | undefined;
  /** A path, or a name that is looked up in PATH. */
  readonly shell?: string | undefined;
  readonly args?: readonly string[] | undefined;
  /** Relative to the server's working directory, which is the default. */
  readonly workdir?: string | undefined;
  /** Added to the server's environment. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly cols?: number | undefined;
  readonly rows?: number | undefined;
}

export type RequestFailure =
  /** A UNC or device path, or another name that does not mean on Windows what it seems to. */
  | { readonly reason: 'path-refused'; readonly path: string }
  | { readonly reason: 'shell-missing'; readonly shell: string }
  /** A batch file, whose arguments cmd.exe would read as commands. */
  | { readonly reason: 'batch-arguments'; readonly shell: string };

export interface Program {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

type Environment = Readonly<Record<string, string>>;

export function programOf(
  request: TerminalRequest,
  baseEnv: Environment,
  serverCwd: string,
): Result<Program, RequestFailure> {
  const { shell, args = [], workdir = '' } = request;
  const refused = [workdir, shell ?? ''].find(isRefusedPath);
  if (refused !== undefined) return fail({ reason: 'path-refused', path: refused });
  const cwd = resolve(serverCwd, workdir);
  const env = { ...withoutSize(baseEnv), TERM: 'xterm-256color', COLORTERM: 'truecolor', ...request.env };
  const program = shell === undefined ? defaultShell(env, cwd) : findProgram(shell, env, cwd);
  if (program === undefined) return fail({ reason: 'shell-missing', shell: shell ?? terminalShells(env).join(', ') });
  if (args.length > 0 && misreadsArguments(program)) return fail({ reason: 'batch-arguments', shell: program });
  return ok({ argv: [program, ...args], cwd, env });
}

function defaultShell(env: Environment, cwd: string): string | undefined {
  for (const candidate of terminalShells(env)) {
    const found = findProgram(candidate, env, cwd);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Programs trust COLUMNS and LINES, which describe the terminal that the server was started in, not this one. */
function withoutSize(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => name !== 'COLUMNS' && name !== 'LINES'));
}
