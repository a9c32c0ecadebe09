/** The exit code of `agent`, and of who has followed a session to its end. */
import type { Client } from '../../client/client.ts';
import { OUTPUT_CLOSED } from '../command/exit-codes.ts';

export const AGENT_EXIT_CODES = [
  ['0', 'Done. attach: the session is closed, or was left by Ctrl-D.'],
  ['1', 'It failed; stderr says why. attach: the session has failed.'],
  ['2', 'The command line is wrong.'],
  ['130', 'Ctrl-C (143 after SIGTERM, 129 after SIGHUP); the session stays as it is.'],
  OUTPUT_CLOSED,
] as const;

export async function exitOfSession(client: Client, id: string): Promise<number> {
  const { state } = await client.agents.get(id);
  return state === 'failed' ? 1 : 0;
}
