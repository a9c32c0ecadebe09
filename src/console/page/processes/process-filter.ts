/** Which processes are listed, and how. It is in the address, so that a reload, a link and the way back keep it. */
import type { ProcessesOptions } from '../../../client/processes.ts';
import { h } from '../element.ts';

export interface ProcessFilter {
  /** Also those that no job has started. */
  readonly all: boolean;
  readonly tree: boolean;
  readonly sort: NonNullable<ProcessesOptions['sort']>;
  readonly find: string;
}

const SORTS: Readonly<Record<ProcessFilter['sort'], string>> = {
  pid: 'By number',
  cpu: 'By CPU',
  memory: 'By memory',
  name: 'By name',
  startedAt: 'By start',
};

export function processFilterOf(query: string): ProcessFilter {
  const sent = new URLSearchParams(query);
  const sort = sent.get('sort') ?? '';
  return {
    all: sent.get('all') === '1',
    tree: sent.get('flat') !== '1',
    sort: Object.hasOwn(SORTS, sort) ? (sort as ProcessFilter['sort']) : 'pid',
    find: sent.get('find') ?? '',
  };
}

/** What is as ever is left out of the address. */
export const queryOf = ({ all, tree, sort, find }: ProcessFilter): string =>
  new URLSearchParams({
    ...(all && { all: '1' }),
    ...(!tree && { flat: '1' }),
    ...(sort !== 'pid' && { sort }),
    ...(find !== '' && { find }),
  }).toString();

export function processFilter(change: (wanted: ProcessFilter, how: 'typed' | 'chosen') => void) {
  const find = h('input', {
    type: 'search',
    'aria-label': 'Find processes',
    placeholder: 'Find',
    title: 'A part of the command, or of the user’s name; the number of a process, or of a port',
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    on: { input: () => changed('typed') },
  });
  const sort = h(
    'select',
    { 'aria-label': 'Order', on: { change: () => changed('chosen') } },
    ...Object.entries(SORTS).map(([name, text]) => h('option', { value: name }, text)),
  );
  const box = (): HTMLInputElement => h('input', { type: 'checkbox', on: { change: () => changed('chosen') } });
  const [all, tree] = [box(), box()];
  const changed = (how: 'typed' | 'chosen'): void =>
    change({ all: all.checked, tree: tree.checked, sort: sort.value as ProcessFilter['sort'], find: find.value }, how);
  return {
    element: h(
      'div',
      { class: 'process-filter', role: 'search' },
      h('div', { class: 'list-filter' }, find, sort),
      h('div', { class: 'process-choices' }, h('label', {}, all, 'All processes'), h('label', {}, tree, 'As a tree')),
    ),
    show(wanted: ProcessFilter): void {
      all.checked = wanted.all;
      tree.checked = wanted.tree;
      sort.value = wanted.sort;
      if (find.value !== wanted.find) find.value = wanted.find;
    },
  };
}
