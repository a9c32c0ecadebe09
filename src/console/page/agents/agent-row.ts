/** A session with an agent in the list. */
import type { AgentSessionResource } from '../../../protocol/agents.ts';
import { h, setAttribute, setChildren, setText } from '../element.ts';
import type { Row } from '../keyed-list.ts';
import { routeTo } from '../route.ts';
import { statusMark } from '../status.ts';
import type { Store } from '../store.ts';
import { timeElement } from '../time.ts';
import { countOfClients } from './attached-clients.ts';
import { agentName, agentStatus, folderName, sessionTitle } from './agent-status.ts';

export function agentRow(
  { id, cwd }: AgentSessionResource,
  selected: Store<string | undefined>,
  signal: AbortSignal,
): Row<AgentSessionResource> {
  const mark = h('span', { class: 'row-mark' });
  const title = h('span', { class: 'row-title' });
  const facts = h('span', { class: 'facts', title: cwd });
  const asks = h('span', { class: 'count urgent', hidden: true });
  const clients = h('span', { class: 'count', hidden: true });
  const when = h('span', {});
  const link = h(
    'a',
    { href: routeTo('agents', id) },
    mark,
    title,
    h('span', { class: 'row-meta' }, facts, h('span', { class: 'row-end' }, asks, clients, when)),
  );
  selected.watch(signal, (chosen) => setAttribute(link, 'aria-current', chosen === id && 'true'));
  let shown = '';
  let at: unknown;
  return {
    element: h('li', {}, link),
    update(session) {
      const style = agentStatus(session.state);
      if (shown !== style.word) setChildren(mark, statusMark(style));
      shown = style.word;
      setText(title, sessionTitle(session));
      title.title = title.textContent;
      setText(facts, [agentName(session), folderName(session.cwd)].join(' · '));
      asks.hidden = session.pendingPermissions === 0;
      setText(asks, session.pendingPermissions === 1 ? 'asks' : `asks ${session.pendingPermissions}`);
      const attached = session.attached?.length ?? 0;
      clients.hidden = attached === 0;
      setText(clients, countOfClients(attached));
      if (at !== session.lastEventAt) setChildren(when, timeElement(session.lastEventAt));
      at = session.lastEventAt;
    },
  };
}
