/** The events of one agent session, as a client that follows them sees them. */
import { parseSse } from '../../src/client/sse.ts';
import type { BenchServer } from './server.ts';

interface Update {
  readonly content?: { readonly text: string };
}

export const BENCH_AGENT = `${process.execPath} ${import.meta.dir}/../fixtures/bench-agent.ts`;

/** Calls back for each text of the agent, until the turn ends. */
export async function followTurn(server: BenchServer, session: string, said: (text: string) => void): Promise<void> {
  const response = await server.open(`/agents/sessions/${session}/events`);
  if (response.body === null) throw new Error('no events');
  for await (const { event, data } of parseSse(response.body)) {
    if (event === 'agent_message_chunk') said((JSON.parse(data) as Update).content?.text ?? '');
    if (event === 'turn_end') return;
  }
}
