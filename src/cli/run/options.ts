/** The options of `run` as an exec request, except for what depends on the server. */
import { ok, type Result } from '../../core/failure.ts';
import type { ExecRequest } from '../../protocol/exec.ts';
import { usage, type UsageFailure } from '../command/usage.ts';
import type { SessionOptions } from './session.ts';

export interface RunOptions extends SessionOptions {
  readonly command: string;
  readonly timeout?: string | undefined;
  readonly background?: 'keep' | 'end' | undefined;
}

export function toExecRequest(
  { command, timeout, background, session, shell, bootstrap }: RunOptions,
  env: readonly string[],
): Result<ExecRequest, UsageFailure> {
  if (command.trim() === '') return usage('COMMAND is empty');
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
  return ok({
    command,
    ...(seconds !== undefined && { timeout: seconds }),
    ...(env.length > 0 && { env: variables }),
    ...(background !== undefined && { background }),
  });
}
