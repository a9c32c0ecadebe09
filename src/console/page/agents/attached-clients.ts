/** Who else uses a session: clients of the Agent Client Protocol, as they call themselves. Their names are not to be trusted. */
import type { AgentClient, AgentSessionResource } from '../../../protocol/agents.ts';
import { h, setChildren } from '../element.ts';
import { timeElement } from '../time.ts';
import { objectOf, textOf } from './sent.ts';

/** Characters of a name or a version that are shown. */
const MAX_LENGTH = 60;

const DOORS: Readonly<Record<AgentClient['door'], string>> = {
  http: 'over HTTP',
  websocket: 'over WebSocket',
  acpremote: 'over WebSocket (acpremote)',
};

/** These act on the text around them, and the last ones turn its order around, so that a name looks like another (CVE-2021-42574). */
const INVISIBLE = /\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu;

/** A line that is there while a client is attached, and opens into the list of them. */
export function attachedClients(): {
  readonly element: HTMLElement;
  readonly show: (session: AgentSessionResource) => void;
} {
  const summary = h('summary', {});
  const list = h('ul', { 'aria-label': 'Attached clients' });
  const element = h('details', { class: 'attached-clients', hidden: true }, summary, list);
  let shown = '[]';
  return {
    element,
    show({ attached = [] }) {
      const now = JSON.stringify(attached);
      if (now === shown) return;
      shown = now;
      element.hidden = attached.length === 0;
      setChildren(summary, h('b', {}, countOfClients(attached.length)), ' ', ...namesOf(attached));
      setChildren(list, ...attached.map(clientItem));
    },
  };
}

export const countOfClients = (count: number): string => (count === 1 ? '1 client' : `${count} clients`);

const namesOf = (clients: readonly AgentClient[]): (Node | string)[] =>
  clients.flatMap((client, at) => [at === 0 ? '' : ', ', h('bdi', {}, clientName(client))]);

const clientItem = (client: AgentClient): HTMLElement =>
  h(
    'li',
    {},
    h('bdi', {}, [clientName(client), fieldOf(client, 'version')].filter(Boolean).join(' ')),
    h('span', { class: 'help' }, `${DOORS[client.door]}, attached `, timeElement(client.since)),
  );

const clientName = (client: AgentClient): string =>
  fieldOf(client, 'title') || fieldOf(client, 'name') || 'Unnamed client';

function fieldOf({ client }: AgentClient, field: string): string {
  const text = textOf(objectOf(client)[field])?.replaceAll(INVISIBLE, '\ufffd').trim() ?? '';
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}
