/** The options of `run` that name a persistent shell, and what they add to the exec request. */
import type { Client } from '../../client/client.ts';
import { ClientError } from '../../client/failure.ts';
import { shellsOf } from '../../client/shells.ts';
import type { ExecRequest } from '../../protocol/exec.ts';
import { PROGRAM } from '../command/program.ts';
import type { ArgsDef } from '../command/verb.ts';

export const SESSION_ARGS = {
  session: {
    type: 'string',
    valueHint: 'KEY',
    description:
      'Run the command in the persistent shell with this key, which keeps variables, functions and the working directory between commands. It is created on first use, and only then do --workdir and --env apply. Cancelling interrupts the command and keeps the shell. On Windows, and if the command does not end, it ends the process of the shell, as --timeout always does. The next command then starts a new one.',
  },
  shell: {
    type: 'string',
    valueHint: 'SHELL',
    description:
      'Shell of the session: pwsh, powershell, cmd, bash, zsh, sh. Default: the shell it has; for a new session, the one that the server prefers.',
  },
  bootstrap: {
    type: 'string',
    valueHint: 'TEXT',
    description: 'Script to run before the command. It runs once in each process of the session.',
  },
} as const satisfies ArgsDef;

export interface SessionOptions {
  readonly session?: string | undefined;
  readonly shell?: string | undefined;
  readonly bootstrap?: string | undefined;
}

/** Rejects where the server has no shell for sessions. */
export async function sessionRequest(
  client: Client,
  { session, shell, bootstrap }: SessionOptions,
): Promise<Partial<ExecRequest>> {
  if (session === undefined) return {};
  return {
    mode: 'persistent_shell',
    sessionKey: session,
    shell: shell ?? (await shellOf(client, session)) ?? (await defaultShell(client)),
    ...(bootstrap !== undefined && { bootstrapCommand: bootstrap }),
  };
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
  const [shell] = health.authenticated ? shellsOf(health) : [];
  if (shell === undefined) throw new Error(`the server has no shell for sessions (see ${PROGRAM} doctor)`);
  return shell;
}
