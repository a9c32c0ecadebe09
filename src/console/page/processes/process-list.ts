/** The list of processes, which may be thousands and changes every few seconds: rows stay, and so do the focus and the place. */
import { h, setAttribute } from '../element.ts';
import { arrowKeys, keyedList } from '../keyed-list.ts';
import { routeTo } from '../route.ts';
import type { Context } from '../view.ts';
import { processRow, type ProcessRow } from './process-row.ts';
import type { ProcessRowOf } from './process-rows.ts';

export interface ProcessList {
  readonly element: HTMLElement;
  readonly show: (rows: readonly ProcessRowOf[]) => void;
}

export function processList(
  { selected, query }: Pick<Context, 'selected' | 'query'>,
  signal: AbortSignal,
): ProcessList {
  const element = h('ul', { class: 'rows processes', 'aria-label': 'Processes' });
  const rows = new Map<string, ProcessRow>();
  const address = (pid: string): string => routeTo('machine', pid, query.value);
  const mark = (pid: string | undefined, current: boolean): void => {
    const link = pid === undefined ? undefined : rows.get(pid)?.link;
    if (link !== undefined) setAttribute(link, 'aria-current', current && 'true');
  };
  const showRows = keyedList<ProcessRowOf>(
    element,
    ({ process: { pid, startTime } }) => `${pid} ${startTime}`,
    (item, life) => {
      const pid = String(item.process.pid);
      const row = processRow(item, address(pid));
      rows.set(pid, row);
      // The number may be another one's by then.
      life.addEventListener('abort', () => rows.get(pid) === row && rows.delete(pid), { once: true });
      if (pid === selected.value) mark(pid, true);
      return row;
    },
    signal,
  );
  arrowKeys(element);
  let chosen = selected.value;
  selected.watch(signal, (id) => {
    mark(chosen, false);
    mark(id, true);
    chosen = id;
  });
  query.watch(signal, () => {
    for (const [pid, { link }] of rows) setAttribute(link, 'href', address(pid));
  });
  return {
    element,
    show(wanted) {
      const { activeElement } = document;
      showRows(wanted);
      // A row that has gone to another place has lost the focus on its way.
      if (activeElement !== document.activeElement && element.contains(activeElement))
        (activeElement as HTMLElement).focus({ preventScroll: true });
    },
  };
}
