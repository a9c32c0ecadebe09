/** Agents: the list of sessions with them, the dialog for a new one, and one of them as a conversation. */
import type { AgentSessionResource } from '../../../protocol/agents.ts';
import { button } from '../button.ts';
import { h, setChildren } from '../element.ts';
import { emptyPlace } from '../empty.ts';
import { arrowKeys, keyedList } from '../keyed-list.ts';
import { listAndDetail } from '../list-and-detail.ts';
import { poll } from '../polling.ts';
import { routeTo } from '../route.ts';
import { untilLoaded } from '../until-loaded.ts';
import type { Context } from '../view.ts';
import { agentRow } from './agent-row.ts';
import { agentSession } from './agent-session.ts';
import { newAgentSession } from './new-agent-session.ts';

const REFRESH_MS = 2000;

export function agentsView(context: Context, signal: AbortSignal): HTMLElement {
  const { client, connection, selected, health } = context;
  const rows = h('ul', { class: 'rows', 'aria-label': 'Agent sessions' });
  const showRows = keyedList<AgentSessionResource>(
    rows,
    ({ id }) => id,
    (session, life) => agentRow(session, selected, life),
    signal,
  );
  arrowKeys(rows);
  const none = h('div', { class: 'list-empty' });
  const loaded = untilLoaded(none, connection, signal);
  const create = button('New session', () => newAgentSession(context, open), { kind: 'primary', icon: 'add' });
  create.dataset['shortcut'] = 'n';
  const open = (id: string): void => {
    location.hash = routeTo('agents', id);
    refresh();
  };
  const refresh = poll(connection, signal, REFRESH_MS, async () => {
    if (health.value?.acp_supported === false) return;
    const sessions = await client.agents.list(signal);
    loaded();
    showRows(sessions);
    setChildren(none, sessions.length === 0 && emptyList());
  });
  let supported: boolean | undefined;
  health.watch(signal, (known) => {
    if (known === undefined || known.acp_supported === supported) return;
    supported = known.acp_supported;
    create.disabled = !supported;
    if (supported) return refresh();
    loaded();
    setChildren(none, notSupported());
  });
  return listAndDetail(
    {
      title: 'Agents',
      selected,
      control: create,
      list: [rows, none],
      detail: (id, life) => agentSession({ context, id, signal: life, changed: refresh }),
      nothingChosen,
    },
    signal,
  );
}

const emptyList = (): HTMLElement =>
  emptyPlace(
    'agents',
    'No agent sessions',
    'Open one with a coding agent that is installed on the server. It works in a folder, asks for permission as you choose, and continues when this page is closed.',
  );

const notSupported = (): HTMLElement =>
  emptyPlace('agents', 'Agents are not available', 'This server does not start agents.');

const nothingChosen = (): HTMLElement =>
  emptyPlace('agents', 'No session chosen', 'Choose one from the list, or open a new one.');
