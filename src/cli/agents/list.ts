/** `agent-server agent list`: the sessions with agents. */
import type { Client } from '../../client/client.ts';
import { escapeControls } from '../../core/text.ts';
import type { AgentClient, AgentSessionResource } from '../../protocol/agents.ts';
import { PROGRAM } from '../command/program.ts';
import { paint } from '../output.ts';
import { age, cut, printList, table } from '../table.ts';
import { clientName } from './client-name.ts';
import { foreignLine } from '../foreign-line.ts';

const HEAD = ['ID', 'AGENT', 'STATE', 'TURNS', 'AGE', 'LAST EVENT', 'CLIENTS', 'TITLE'];
/** A command line can be long. */
const MAX_AGENT_COLUMNS = 30;
const COLOURS = {
  starting: 'yellow',
  idle: 'green',
  running: 'yellow',
  waiting: 'red',
  failed: 'red',
  closed: 'dim',
} as const;

export async function listSessions(client: Client, json: boolean): Promise<number> {
  const found = await client.agents.list();
  const now = Date.now();
  const rows = found.map((session) => row(session, now));
  await printList(json, found, table(HEAD, rows), `no agent sessions; try: ${PROGRAM} ask "What is in this folder?"`);
  return 0;
}

function row(
  { id, agent, state, turns, createdAt, lastEventAt, attached, title }: AgentSessionResource,
  now: number,
): string[] {
  return [
    id,
    cut(escapeControls(agent), MAX_AGENT_COLUMNS),
    paint(COLOURS[state], state),
    String(turns),
    age(now - createdAt * 1000),
    `${age(now - lastEventAt * 1000)} ago`,
    clientsText(attached),
    foreignLine(title ?? ''),
  ];
}

/** The first one by name, as there is room for one. */
function clientsText([first, ...others]: readonly AgentClient[] = []): string {
  if (first === undefined) return '-';
  return others.length === 0 ? clientName(first.client) : `${clientName(first.client)} +${others.length}`;
}
