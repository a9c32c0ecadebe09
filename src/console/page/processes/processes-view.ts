/** Processes of the machine: those of jobs or all, as a tree or a list, and one of them in detail. */
import type { ProcessTree } from '../../../protocol/process-tree.ts';
import { button } from '../button.ts';
import { h, setChildren, setText } from '../element.ts';
import { emptyPlace } from '../empty.ts';
import { listAndDetail } from '../list-and-detail.ts';
import { followLoad, type LoadFeed } from '../load/load-feed.ts';
import { loadPanel } from '../load/load-panel.ts';
import { poll } from '../polling.ts';
import { replaceRoute, routeTo } from '../route.ts';
import { untilLoaded } from '../until-loaded.ts';
import type { Context } from '../view.ts';
import { processDetail } from './process-detail.ts';
import { processFilter, processFilterOf, queryOf, type ProcessFilter } from './process-filter.ts';
import { processList } from './process-list.ts';
import { rowsOf } from './process-rows.ts';

const REFRESH_MS = 2500;
/** More than a machine has that is well; the list says where there are. */
const LIMIT = 3000;

export function processesView(context: Context, parts: HTMLElement, signal: AbortSignal): HTMLElement {
  const { client, connection, selected, query } = context;
  const list = processList(context, signal);
  const none = h('div', { class: 'list-empty' });
  const loaded = untilLoaded(none, connection, signal);
  const cut = h('p', { class: 'help list-note', hidden: true });
  const load = followLoad(context, signal);
  let wanted = processFilterOf(query.value);
  let found: ProcessTree | undefined;
  const show = (): void => {
    if (found === undefined) return;
    loaded();
    const rows = rowsOf(found.items, wanted.find);
    list.show(rows);
    setChildren(none, rows.length === 0 && emptyList(wanted));
    cut.hidden = found.total <= LIMIT;
    setText(cut, `The first ${LIMIT} of ${found.total} processes are listed.`);
  };
  const refresh = poll(connection, signal, REFRESH_MS, async (life) => {
    const asked = wanted;
    const { all, tree, sort } = asked;
    const now = await client.processes.list({ all, tree, sort, limit: LIMIT, signal: life });
    if (!isSameList(asked, wanted)) return;
    found = now;
    show();
  });
  const filter = processFilter((now, how) => {
    const address = routeTo('machine', selected.value, queryOf(now));
    if (how === 'typed') replaceRoute(address);
    else location.hash = address;
  });
  filter.show(wanted);
  query.watch(signal, (now) => {
    const before = wanted;
    wanted = processFilterOf(now);
    filter.show(wanted);
    if (isSameList(before, wanted)) show();
    else refresh();
  });
  return listAndDetail(
    {
      title: 'Processes',
      selected,
      above: parts,
      control: filter.element,
      list: [list.element, none, cut],
      detail: (id, life) => processDetail(context, id, life, refresh),
      nothingChosen: (life) => nothingChosen(load, life),
    },
    signal,
  );
}

/** Text is looked for in what is here already. */
const isSameList = (one: ProcessFilter, other: ProcessFilter): boolean =>
  one.all === other.all && one.tree === other.tree && one.sort === other.sort;

function emptyList({ all, find, ...kept }: ProcessFilter): HTMLElement {
  const showAll = button('Show all processes', () => {
    location.hash = routeTo('machine', undefined, queryOf({ ...kept, all: true, find: '' }));
  });
  if (find !== '')
    return h(
      'div',
      { class: 'empty-with-action' },
      emptyPlace('machine', 'No matching processes', 'None that is listed has this text in its command, or this user.'),
      showAll,
    );
  return h(
    'div',
    { class: 'empty-with-action' },
    emptyPlace('machine', 'No processes of jobs', 'What a job starts is listed here for as long as it runs.'),
    !all && showAll,
  );
}

const nothingChosen = (load: LoadFeed, signal: AbortSignal): HTMLElement =>
  h(
    'div',
    { class: 'overview' },
    h('h2', {}, 'No process chosen'),
    h('p', { class: 'help' }, 'Choose a process from the list to see what it is, and where it listens.'),
    loadPanel(load, signal),
  );
