/** The options of `run` as an exec request, except for what depends on the server. */
import { ok, type Result } from '../../core/failure.ts';
import type { ProcessRequest } from '../../client/client.ts';
import type { ExecRequest } from '../../protocol/exec.ts';
import { usage, type UsageFailure } from '../command/usage.ts';
import type { SessionOptions } from './session.ts';

export interface RunOptions extends SessionOptions {
  /** What is to be run: a command line, or with `program` a program and its arguments. */
  readonly words: readonly string[];
  readonly program?: boolean | undefined;
  readonly name?: string | undefined;
  /** Whether a program gets our standard input. */
  readonly input: boolean;
  readonly timeout?: string | undefined;
  readonly background?: 'keep' | 'end' | undefined;
}

export function toExecRequest(
  { words, program = false, name, input, timeout, background, session, shell, bootstrap }: RunOptions,
  env: readonly string[],
): Result<ExecRequest | ProcessRequest, UsageFailure> {
  const [command = '', surplus] = words;
  if (command.trim() === '') return usage(program ? 'the name of the program is empty' : 'COMMAND is empty');
  if (!program && surplus !== undefined)
    return usage(
      `unexpected argument ${JSON.stringify(surplus)}; put quotes around the command, or run a program without a shell: --program -- PROGRAM ARGUMENT…`,
    );
  if (program && session !== undefined) return usage('--program and --session exclude each other');
  if (!program && name !== undefined) return usage('--name is only valid with --program');
  const seconds = timeout === undefined ? undefined : Number(timeout);
  if (seconds !== undefined && (timeout?.trim() === '' || !(seconds > 0)))
    return usage('--timeout must be a number of seconds above 0');
  if (session === '') return usage('--session is empty');
  if (session === undefined && shell !== undefined) return usage('--shell is only valid with --session');
  if (session === undefined && bootstrap !== undefined) return usage('--bootstrap is only valid with --session');
  const variables: Record<string, string> = {};
  for (const pair of env) {
    const at = pair.indexOf('=');
    // The value may be a secret, so it is not repeated.
    if (at < 1) return usage('--env must look like NAME=VALUE');
    variables[pair.slice(0, at)] = pair.slice(at + 1);
  }
  const common = {
    ...(seconds !== undefined && { timeout: seconds }),
    ...(env.length > 0 && { env: variables }),
    ...(background !== undefined && { background }),
  };
  if (!program) return ok({ command, ...common });
  const argv = [command, ...words.slice(1)] as const;
  return ok({
    mode: 'process',
    argv,
    stdin: input ? 'pipe' : 'none',
    ...(name !== undefined && { name }),
    ...common,
  });
}
