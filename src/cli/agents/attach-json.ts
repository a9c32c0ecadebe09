/** `agent-server agent attach ID --json`: the session, then each of its events, one document a line. Nothing is typed into it. */
import type { Client } from '../../client/client.ts';
import type { AgentSessionResource } from '../../protocol/agents.ts';
import { Interrupts } from '../interrupts.ts';
import { printJson } from '../output.ts';
import { exitOfSession } from './session-exit.ts';

/** Resolves to the exit code, when the session has ended or the user leaves. */
export async function attachJson(client: Client, session: AgentSessionResource): Promise<number> {
  using interrupts = new Interrupts();
  return await Promise.race([printEvents(client, session), interrupts.first]);
}

async function printEvents(client: Client, session: AgentSessionResource): Promise<number> {
  await printJson({ event: 'session', data: session });
  for await (const event of client.agents.follow(session.id)) await printJson(event);
  return exitOfSession(client, session.id);
}
