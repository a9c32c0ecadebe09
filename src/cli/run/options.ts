/** The options of `run` as an exec request. */
import { resolve } from 'node:path';
import { fail, ok, type Result } from '../../core/failure.ts';
import type { ExecRequest } from '../../protocol/exec.ts';
import type { UsageFailure } from '../command/arguments.ts';

export interface RunOptions {
  readonly command: string;
  readonly workdir: string | undefined;
  readonly timeout: string | undefined;
  readonly env: readonly string[];
  readonly background: string | undefined;
  /** The persistent shell to run it in; absent: a shell of its own. */
  readonly session: RunSession | undefined;
}

export interface RunSession {
  readonly key: string;
  readonly shell: string;
  readonly bootstrap: string | undefined;
}

const usage = (message: string) => fail({ reason: 'usage', message } as const);

/** `here` is the folder of a command that names none: ours, where the server sees the same files. */
export function toExecRequest(
  { command, workdir, timeout, env, background, session }: RunOptions,
  here: string | undefined,
): Result<ExecRequest, UsageFailure> {
  if (command.trim() === '') return usage('COMMAND is empty');
  const seconds = timeout === undefined ? undefined : Number(timeout);
  if (seconds !== undefined && (timeout?.trim() === '' || !(seconds > 0)))
    return usage('--timeout must be a number of seconds above 0');
  if (background !== undefined && background !== 'keep' && background !== 'end')
    return usage('--background must be keep or end');
  const variables: Record<string, string> = {};
  for (const pair of env) {
    const at = pair.indexOf('=');
    // The value may be a secret, so it is not repeated.
    if (at < 1) return usage('--env must look like NAME=VALUE');
    variables[pair.slice(0, at)] = pair.slice(at + 1);
  }
  const folder = here === undefined ? workdir : resolve(here, workdir ?? '');
  return ok({
    command,
    ...(folder !== undefined && { workdir: folder }),
    ...(seconds !== undefined && { timeout: seconds }),
    ...(env.length > 0 && { env: variables }),
    ...(background !== undefined && { background }),
    ...(session !== undefined && {
      mode: 'persistent_shell' as const,
      sessionKey: session.key,
      shell: session.shell,
      ...(session.bootstrap !== undefined && { bootstrapCommand: session.bootstrap }),
    }),
  });
}
