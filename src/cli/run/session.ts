/** The options of `run` that name a persistent shell. */
import type { Client } from '../../client/client.ts';
import { ClientError } from '../../client/failure.ts';
import { fail, ok, type Result } from '../../core/failure.ts';
import type { UsageFailure } from '../command/arguments.ts';
import type { RunSession } from './options.ts';
import type { ArgsDef } from '../command/verb.ts';

export const SESSION_ARGS = {
  session: {
    type: 'string',
    valueHint: 'KEY',
    description:
      'Run it in the persistent shell of this name, which keeps variables, functions and location from command to command. Made on first use; --workdir and --env count then only. A cancelled command costs it its process.',
  },
  shell: {
    type: 'string',
    valueHint: 'SHELL',
    description:
      'Shell of the session: pwsh, powershell, bash, zsh, sh. Default: that of the session, for a new one what the server prefers.',
  },
  bootstrap: {
    type: 'string',
    valueHint: 'TEXT',
    description: 'Script text that the session runs again whenever its process had to be replaced.',
  },
} as const satisfies ArgsDef;

export interface SessionOptions {
  readonly session?: string | undefined;
  readonly shell?: string | undefined;
  readonly bootstrap?: string | undefined;
}

/** What cannot be meant, known before any server is asked. */
export function checkSessionOptions({ session, shell, bootstrap }: SessionOptions): Result<undefined, UsageFailure> {
  const usage = (message: string) => fail({ reason: 'usage', message } as const);
  if (session === '') return usage('--session is empty');
  if (session !== undefined) return ok(undefined);
  if (shell !== undefined) return usage('--shell goes with --session');
  return bootstrap === undefined ? ok(undefined) : usage('--bootstrap goes with --session');
}

/** Rejects where the server has no shell that can be kept. */
export async function toRunSession(
  client: Client,
  { session: key, shell, bootstrap }: SessionOptions,
): Promise<RunSession | undefined> {
  if (key === undefined) return undefined;
  return { key, shell: shell ?? (await shellOf(client, key)) ?? (await defaultShell(client)), bootstrap };
}

async function shellOf(client: Client, key: string): Promise<string | undefined> {
  try {
    return (await client.session(key)).shell;
  } catch (error) {
    if (error instanceof ClientError && error.status === 404) return undefined;
    throw error;
  }
}

async function defaultShell(client: Client): Promise<string> {
  const health = await client.health();
  const shell = health.authenticated ? health.persistent_shell_default_shell : null;
  if (shell === null) throw new Error('the server has no shell that can be kept (see agent-server doctor)');
  return shell;
}
