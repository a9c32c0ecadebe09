/** Persistent shell sessions: the list, with what can be done with each. */
import { shellsOf } from '../../../client/shells.ts';
import type { SessionResource } from '../../../protocol/session.ts';
import { announce } from '../announce.ts';
import { button } from '../button.ts';
import { confirm } from '../dialog.ts';
import { h, setChildren } from '../element.ts';
import { emptyPlace } from '../empty.ts';
import { showInRunForm } from '../jobs/run-form.ts';
import { keyedList } from '../keyed-list.ts';
import { poll } from '../polling.ts';
import { routeTo } from '../route.ts';
import { reportFailure } from '../report-failure.ts';
import { untilLoaded } from '../until-loaded.ts';
import type { Context } from '../view.ts';
import { sessionRow } from './session-row.ts';

const REFRESH_MS = 2000;

export function sessionsView({ client, connection, health }: Context, signal: AbortSignal): HTMLElement {
  const rows = h('tbody', {});
  const table = h(
    'table',
    { class: 'records sessions', hidden: true },
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        ...['Session', 'Shell', 'State', 'Last used', 'Created'].map(head),
        h('th', { scope: 'col' }, spoken('Actions')),
      ),
    ),
    rows,
  );
  const none = h('div', {});
  const showRows = keyedList<SessionResource>(
    rows,
    ({ sessionKey, createdAt }) => `${createdAt} ${sessionKey}`,
    (session) =>
      sessionRow(session, {
        run: () => runIn(session),
        end: () => void end(session.sessionKey),
      }),
    signal,
  );
  const loaded = untilLoaded(none, connection, signal);
  const refresh = poll(connection, signal, REFRESH_MS, async () => {
    const sessions = await client.sessions(signal);
    loaded();
    showRows(sessions);
    table.hidden = sessions.length === 0;
    setChildren(none, sessions.length === 0 && emptyList(health.value && shellsOf(health.value)[0]));
  });
  const end = async (key: string): Promise<void> => {
    const agreed = await confirm({
      title: `End the session ${key}?`,
      body: [
        h(
          'p',
          {},
          'The shell and every process it started are ended. Its variables, functions and working directory are lost.',
        ),
      ],
      yes: 'End the session',
      no: 'Keep the session',
    });
    if (!agreed) return;
    try {
      await client.deleteSession(key);
      announce(`Session ${key} ended`);
    } catch (error) {
      reportFailure(connection, error);
    }
    refresh();
  };
  return h('div', { class: 'page' }, h('h1', {}, 'Sessions'), table, none);
}

function runIn({ sessionKey, shell }: Pick<SessionResource, 'sessionKey' | 'shell'>): void {
  showInRunForm({ command: '', sessionKey, shell });
  location.hash = routeTo('jobs');
}

function emptyList(shell: string | undefined): HTMLElement {
  if (shell === undefined)
    return emptyPlace('sessions', 'No persistent shells', 'This machine has no shell that can run sessions.');
  const begin = button('Run a command in a new session', () => runIn({ sessionKey: 'build', shell }), { icon: 'run' });
  return h(
    'div',
    { class: 'empty-with-action' },
    emptyPlace(
      'sessions',
      'No sessions',
      'A command that names a session runs in a shell that stays open: variables, functions and the working directory are kept from one command to the next.',
    ),
    begin,
  );
}

const head = (text: string): HTMLElement => h('th', { scope: 'col' }, text);
const spoken = (text: string): HTMLElement => h('span', { class: 'spoken' }, text);
