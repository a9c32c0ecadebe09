/** Terminals: the list, the dialog for a new one, and one of them in use. */
import type { TerminalResource } from '../../../protocol/terminal.ts';
import { button } from '../button.ts';
import { h, setChildren } from '../element.ts';
import { emptyPlace } from '../empty.ts';
import { arrowKeys, keyedList } from '../keyed-list.ts';
import { listAndDetail } from '../list-and-detail.ts';
import { poll } from '../polling.ts';
import { routeTo } from '../route.ts';
import { untilLoaded } from '../until-loaded.ts';
import type { Context } from '../view.ts';
import { newTerminal } from './new-terminal.ts';
import { terminalDetail } from './terminal-detail.ts';
import { terminalRow } from './terminal-row.ts';

const REFRESH_MS = 2000;

export function terminalsView(context: Context, signal: AbortSignal): HTMLElement {
  const { client, connection, selected, health } = context;
  const rows = h('ul', { class: 'rows', 'aria-label': 'Terminals' });
  const showRows = keyedList<TerminalResource>(
    rows,
    ({ id }) => id,
    (terminal, life) => terminalRow(terminal, selected, life),
    signal,
  );
  arrowKeys(rows);
  const none = h('div', { class: 'list-empty' });
  const loaded = untilLoaded(none, connection, signal);
  const create = button('New terminal', () => newTerminal(context, open), { kind: 'primary', icon: 'add' });
  create.dataset['shortcut'] = 'n';
  const open = (id: string): void => {
    location.hash = routeTo('terminals', id);
    refresh();
  };
  let terminals: readonly TerminalResource[] = [];
  const refresh = poll(connection, signal, REFRESH_MS, async () => {
    terminals = await client.terminals.list(signal);
    loaded();
    showRows(terminals.toReversed());
    setChildren(none, terminals.length === 0 && emptyList());
  });
  const attached = (id: string): number => terminals.find((one) => one.id === id || one.name === id)?.attached ?? 0;
  health.watch(signal, (known) => {
    create.disabled = known?.terminal_supported === false;
    create.title = create.disabled ? 'This server has no terminals' : '';
  });
  return listAndDetail(
    {
      title: 'Terminals',
      selected,
      control: create,
      list: [rows, none],
      detail: (id, life) =>
        terminalDetail({ context, id, signal: life, attached: () => attached(id), changed: refresh }),
      nothingChosen,
    },
    signal,
  );
}

const emptyList = (): HTMLElement =>
  emptyPlace(
    'terminals',
    'No terminals',
    'Open one: it keeps running when this page is closed, and shows its output again when you come back.',
  );

const nothingChosen = (): HTMLElement =>
  emptyPlace('terminals', 'No terminal chosen', 'Choose one from the list, or open a new one.');
