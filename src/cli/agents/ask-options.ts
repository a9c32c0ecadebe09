/** The options of `ask` that make a session, and the request for one. */
import { resolve } from 'node:path';
import { ok, type Result } from '../../core/failure.ts';
import { AGENT_POLICIES, type AgentSessionRequest } from '../../protocol/agents.ts';
import { usage, type UsageFailure } from '../command/usage.ts';
import type { ArgsDef } from '../command/verb.ts';

export const SESSION_ARGS = {
  agent: {
    type: 'string',
    valueHint: 'AGENT',
    description: 'Id of a known agent (see `agent-server agents`), or the command line of an agent. Default: copilot.',
  },
  cwd: {
    type: 'string',
    valueHint: 'PATH',
    description:
      'Working directory of the agent. Default: the current one; if the server is on another machine, the server’s own. PATH is then a path on that machine.',
  },
  policy: {
    type: 'enum',
    options: [...AGENT_POLICIES],
    description:
      'How permission requests are answered: allow what stays inside the folder, allow only reading there, allow all, deny all, or ask you. Default: ask at a terminal, else workdir. A policy answers the agent’s requests; it does not confine an agent that does not ask.',
  },
  session: {
    type: 'string',
    valueHint: 'ID',
    description:
      'Continue this session (see `agent-server agent list`). A closed one is reopened if the agent can load sessions.',
  },
  model: { type: 'string', valueHint: 'MODEL', description: 'Model to use, by the agent’s own id.' },
  mode: { type: 'string', valueHint: 'MODE', description: 'Mode to work in, by the agent’s own id.' },
  effort: {
    type: 'string',
    valueHint: 'EFFORT',
    description: 'Reasoning effort of the model, in the agent’s own terms.',
  },
  timeout: {
    type: 'string',
    valueHint: 'SECONDS',
    description: 'Cancel the turn when it takes longer than this (exit code 124). Default: no limit.',
  },
} as const satisfies ArgsDef;

export interface AskOptions {
  readonly agent?: string | undefined;
  readonly cwd?: string | undefined;
  readonly policy?: AgentSessionRequest['policy'] | undefined;
  readonly session?: string | undefined;
  readonly model?: string | undefined;
  readonly mode?: string | undefined;
  readonly effort?: string | undefined;
  readonly timeout?: string | undefined;
}

/** What a session to open has in common, whether it is new or opened again. */
export type SessionChoices = Pick<AgentSessionRequest, 'policy' | 'model' | 'mode' | 'effort' | 'timeout'>;

export function sessionChoices(options: AskOptions): Result<SessionChoices, UsageFailure> {
  for (const name of ['agent', 'session', 'model', 'mode', 'effort'] as const)
    if (options[name] === '') return usage(`--${name} is empty`);
  if (options.session !== undefined)
    for (const name of ['agent', 'cwd'] as const)
      if (options[name] !== undefined) return usage(`--${name} is only valid without --session`);
  const { policy, model, mode, effort, timeout } = options;
  const seconds = timeout === undefined ? undefined : Number(timeout);
  if (seconds !== undefined && (timeout?.trim() === '' || !(seconds > 0)))
    return usage('--timeout must be a number of seconds above 0');
  return ok({
    ...(policy !== undefined && { policy }),
    ...(model !== undefined && { model }),
    ...(mode !== undefined && { mode }),
    ...(effort !== undefined && { effort }),
    ...(seconds !== undefined && { timeout: seconds }),
  });
}

/** A server on this machine sees the same folders as we do. */
export function newSession({ agent, cwd }: AskOptions, choices: SessionChoices, isLocal: boolean): AgentSessionRequest {
  const folder = isLocal ? resolve(cwd ?? '') : cwd;
  return { ...choices, ...(agent !== undefined && { agent }), ...(folder !== undefined && { cwd: folder }) };
}
