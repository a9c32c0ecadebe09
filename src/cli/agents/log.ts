/** `agent-server agent log ID`: what has happened in a session, also in one that is closed. */
import type { Client } from '../../client/client.ts';
import type { FollowedAgentEvent } from '../../client/agents.ts';
import { printJson } from '../output.ts';
import { ownScreen } from './screen.ts';
import { Transcript } from './transcript.ts';

const PAGE = 500;

export interface LogShown {
  readonly since: number;
  /** At most so many events. */
  readonly limit: number;
  readonly follow: boolean;
  readonly json: boolean;
  readonly verbose: boolean;
}

export async function showLog(client: Client, id: string, shown: LogShown): Promise<number> {
  const screen = ownScreen();
  const transcript = new Transcript(screen, { verbose: shown.verbose, showsPrompt: () => true });
  for await (const event of events(client, id, shown)) {
    if (shown.json) await printJson(event);
    else transcript.show(event);
  }
  screen.endLine();
  screen.settle();
  return 0;
}

async function* events(
  client: Client,
  id: string,
  { since, limit, follow }: LogShown,
): AsyncGenerator<FollowedAgentEvent> {
  let last = since;
  let left = limit;
  while (left > 0) {
    const size = Math.min(left, PAGE);
    const page = await client.agents.log(id, { since: last, limit: size });
    yield* page;
    last = page.at(-1)?.id ?? last;
    left -= page.length;
    // A page may be shorter than was asked for: it is bounded in bytes too.
    if (page.length === 0) break;
  }
  if (!follow || left <= 0) return;
  for await (const event of client.agents.follow(id, { since: last })) {
    yield event;
    left -= 1;
    if (left <= 0) return;
  }
}
