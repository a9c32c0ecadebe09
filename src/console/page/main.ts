/** The console: a header over one view, for whoever has the key. */
import type { Health } from '../../protocol/health.ts';
import { agentsView } from './agents/agents-view.ts';
import { announcer } from './announce.ts';
import { banner } from './banner.ts';
import { applyColorScheme } from './color-scheme.ts';
import { Connection } from './connection.ts';
import { h, setChildren } from './element.ts';
import { filesView } from './files/files-view.ts';
import { keepFocus } from './focus-keeper.ts';
import { pageHeader } from './header.ts';
import { jobsView } from './jobs/jobs-view.ts';
import { askForKey } from './key-dialog.ts';
import { LastPlaces } from './last-places.ts';
import { machineView } from './machine/machine-view.ts';
import { clearNotice, noticePlace } from './notice.ts';
import { listFolded } from './preferences.ts';
import { parseRoute, type ViewName } from './route.ts';
import { serverView } from './server/server-view.ts';
import { sessionsView } from './sessions/sessions-view.ts';
import { listenForShortcuts } from './shortcuts.ts';
import { Store } from './store.ts';
import { isAlone } from './terminals/alone.ts';
import { terminalsView } from './terminals/terminals-view.ts';
import { keepTimesCurrent } from './time.ts';
import { versionBanner } from './version-banner.ts';
import type { Context, View } from './view.ts';

const VIEW_OF: Readonly<Record<ViewName, View>> = {
  jobs: jobsView,
  sessions: sessionsView,
  terminals: terminalsView,
  agents: agentsView,
  files: filesView,
  server: serverView,
  machine: machineView,
};

const route = new Store(parseRoute(location.hash));
const selected = new Store(route.value.id);
const query = new Store(route.value.query);
const places = new LastPlaces();
places.note(route.value);
const health = new Store<Health | undefined>(undefined);
const connection = new Connection();
const life = new AbortController().signal;

applyColorScheme(life);
listFolded.watch(life, (folded) => document.body.toggleAttribute('data-list-folded', folded));
const main = h('main', { id: 'main', tabindex: -1 });
const skip = h('a', { class: 'skip', href: '#main', on: { click: skipToMain } }, 'Skip to content');
document.body.append(
  skip,
  pageHeader({ connection, route, places, health, signal: life }),
  banner(connection, health, life),
  versionBanner(health, life),
  main,
  noticePlace(),
  announcer(),
);
keepTimesCurrent();
listenForShortcuts({ go: (view) => (location.hash = places.linkTo(view)) });
keepFocus(main);

let shown: { readonly name: ViewName; readonly context: Context; readonly stop: AbortController } | undefined;

addEventListener('hashchange', () => {
  const now = parseRoute(location.hash);
  places.note(now);
  route.set(now);
});
connection.state.watch(life, (state) => {
  if (state.at === 'locked') {
    health.set(undefined);
    hideView();
    askForKey(connection, state.because);
    return;
  }
  if (state.at === 'connected') health.set(state.health);
  showView();
});
route.watch(life, () => {
  clearNotice();
  query.set(route.value.query);
  selected.set(route.value.id);
  showView();
});

function showView(): void {
  const { value: state } = connection.state;
  // Nothing is shown before the key is known to be right.
  if (state.at === 'locked' || state.at === 'asking') return;
  const { view: name } = route.value;
  document.body.dataset['pane'] = route.value.id === undefined ? 'list' : 'detail';
  document.body.toggleAttribute('data-alone', isAlone(route.value));
  if (shown?.name === name && shown.context.client === state.client) return;
  hideView();
  const stop = new AbortController();
  const context: Context = { client: state.client, connection, health, selected, query };
  shown = { name, context, stop };
  setChildren(main, VIEW_OF[name](context, stop.signal));
}

function hideView(): void {
  shown?.stop.abort();
  shown = undefined;
  setChildren(main);
}

// The fragment names the view, so the link may not change it.
function skipToMain(event: MouseEvent): void {
  event.preventDefault();
  main.focus();
}
