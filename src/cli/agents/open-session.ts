/** The session that `ask` uses: a new one, one that is open, or one that is opened again. */
import type { Client } from '../../client/client.ts';
import { ClientError } from '../../client/failure.ts';
import type { AgentSessionRequest, AgentSessionResource } from '../../protocol/agents.ts';
import { refuseUsage } from '../command/usage.ts';
import type { SessionChoices } from './ask-options.ts';

export interface OpenedSession {
  readonly session: AgentSessionResource;
  /** By this call, so it is ours to close. */
  readonly opened: boolean;
}

/** How a session is opened that names none; `asks`: there is a user who can answer. */
export async function openNew(client: Client, request: AgentSessionRequest, asks: boolean): Promise<OpenedSession> {
  return { session: await client.agents.open({ policy: asks ? 'ask' : 'workdir', ...request }), opened: true };
}

/** A number is an exit code; the failure has been reported. */
export async function openExisting(
  client: Client,
  id: string,
  choices: SessionChoices,
): Promise<OpenedSession | number> {
  const session = await client.agents.get(id);
  if (isOver(session)) {
    // Its policy stays: it may be narrower than what a new session has.
    const again = await client.agents.open({ policy: session.policy, ...choices, resume: id });
    return { session: again, opened: true };
  }
  for (const name of ['policy', 'effort', 'timeout'] as const) {
    if (choices[name] !== undefined)
      return refuseUsage(`--${name} applies only when a session is opened, and ${session.id} is already open`, 'ask');
  }
  if (choices.model !== undefined) await client.agents.setModel(id, choices.model);
  if (choices.mode !== undefined) await client.agents.setMode(id, choices.mode);
  return { session, opened: false };
}

export const isOver = ({ state }: Pick<AgentSessionResource, 'state'>): boolean =>
  state === 'closed' || state === 'failed';

/** Closes it; the record of one that has failed stays, for who wants to know why. */
export async function closeOpen(client: Client, id: string): Promise<boolean> {
  try {
    if (isOver(await client.agents.get(id))) return false;
    await client.agents.close(id);
    return true;
  } catch (error) {
    // Somebody else has removed it.
    if (error instanceof ClientError && error.status === 404) return false;
    throw error;
  }
}
