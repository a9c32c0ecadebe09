/** `agent-server agent close ID`: ends a session with its agent. Its log stays, unless it is to be removed. */
import type { Client } from '../../client/client.ts';
import { PROGRAM } from '../command/program.ts';
import { printAnswer } from '../output.ts';
import { closeOpen } from './open-session.ts';

export async function closeSession(
  client: Client,
  id: string,
  options: { remove: boolean; json: boolean },
): Promise<number> {
  // Reports a session that there is not.
  const session = await client.agents.get(id);
  const closed = await closeOpen(client, session.id);
  if (options.remove) await client.agents.close(session.id);
  const text = options.remove
    ? `${session.id} removed with its log`
    : closed
      ? `${session.id} closed; its log stays: ${PROGRAM} agent log ${session.id}`
      : `${session.id} was already ${session.state}; remove it with its log: ${PROGRAM} agent close ${session.id} --remove`;
  await printAnswer(options.json, { id: session.id, closed, removed: options.remove }, text);
  return 0;
}
