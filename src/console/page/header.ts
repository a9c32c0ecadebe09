/** The line at the top: which server this is, whether it answers, and the way to the views. */
import type { Health } from '../../protocol/health.ts';
import { iconButton, toggleButton } from './button.ts';
import type { Connection, ConnectionState } from './connection.ts';
import { h, setAttribute, setText } from './element.ts';
import { icon } from './icon.ts';
import type { LastPlaces } from './last-places.ts';
import { listFolded, setListFolded } from './preferences.ts';
import { routeTo, VIEWS, type Route, type ViewName } from './route.ts';
import { showShortcuts } from './shortcuts.ts';
import { showSettings } from './settings-dialog.ts';
import type { Store } from './store.ts';
import { isName, showInTab } from './tab-title.ts';

export interface HeaderOptions {
  readonly connection: Connection;
  readonly route: Store<Route>;
  readonly places: LastPlaces;
  readonly health: Store<Health | undefined>;
  readonly signal: AbortSignal;
}

const TITLES: Readonly<Record<ViewName, string>> = {
  jobs: 'Jobs',
  sessions: 'Sessions',
  terminals: 'Terminals',
  agents: 'Agents',
  files: 'Files',
  server: 'Server',
  machine: 'Machine',
};

interface Note {
  readonly text: string;
  readonly title: string;
  /** Somebody is waited for. */
  readonly urgent?: boolean;
}

const active = (count: number): Note | undefined =>
  count === 0 ? undefined : { text: String(count), title: `${count} active` };

const waitText = (pending: number): string =>
  pending === 1 ? '1 permission request is waiting' : `${pending} permission requests are waiting`;

/** What is noted beside the name of each view. */
const NOTES: Readonly<Record<ViewName, (health: Health) => Note | undefined>> = {
  jobs: (health) => active(health.jobs_active),
  sessions: (health) => active(health.persistent_shell_sessions),
  terminals: (health) => active(health.terminal_sessions),
  agents: ({ agent_sessions, agent_pending_permissions: pending }) =>
    pending > 0 ? { text: String(pending), title: waitText(pending), urgent: true } : active(agent_sessions),
  files: () => undefined,
  server: ({ update: { available } }) =>
    available === undefined ? undefined : { text: 'new', title: `version ${available} is available` },
  machine: () => undefined,
};

export function pageHeader({ connection, route, places, health, signal }: HeaderOptions): HTMLElement {
  const host = h('span', { class: 'host' });
  const light = h('span', { class: 'light' });
  const lock = iconButton('lock', 'Forget the key', () => connection.lock());
  const keys = iconButton('keyboard', 'Keyboard shortcuts', showShortcuts);
  keys.classList.add('for-keyboards');
  const fold = toggleButton('side', 'Hide the list', listFolded.value, setListFolded);
  fold.classList.add('fold');
  listFolded.watch(signal, (folded) => setAttribute(fold, 'aria-pressed', String(folded)));
  const tabs = VIEWS.map((name) => tab(name));
  const nav = h('nav', { 'aria-label': 'Views' }, ...tabs.map(({ link }) => link));
  route.watch(signal, ({ view, id }) => {
    for (const { name, link } of tabs) {
      setAttribute(link, 'aria-current', name === view && 'page');
      setAttribute(link, 'href', places.linkTo(name));
      // On a phone not all of them fit.
      if (name === view) link.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    }
    showInTab(isName(id) ? id : TITLES[view]);
  });
  health.watch(signal, (known) => {
    setText(host, known?.hostname ?? '');
    setAttribute(host, 'title', known && `agent-server ${known.version}, ${known.cwd}`);
    for (const { name, count } of tabs) {
      const note = known && NOTES[name](known);
      setText(count, note?.text ?? '');
      setAttribute(count, 'title', note?.title);
      count.classList.toggle('urgent', note?.urgent === true);
    }
  });
  connection.state.watch(signal, (state) => {
    light.dataset['at'] = state.at;
    setText(light, LIGHT_TEXT[state.at]);
    lock.hidden = state.at === 'locked';
  });
  return h(
    'header',
    { class: 'top' },
    h('div', { class: 'brand' }, h('b', {}, 'agent-server'), host),
    nav,
    h('div', { class: 'corner' }, light, fold, keys, iconButton('options', 'Settings', showSettings), lock),
  );
}

const LIGHT_TEXT: Readonly<Record<ConnectionState['at'], string>> = {
  locked: 'Locked',
  asking: 'Connecting',
  connected: 'Connected',
  away: 'No answer',
};

function tab(name: ViewName) {
  const count = h('span', { class: 'count' });
  const link = h('a', { href: routeTo(name) }, icon(name), h('span', {}, TITLES[name]), count);
  return { name, link, count };
}
