/** What the list of jobs is filtered by. It is in the address, so that a reload, a link and the way back keep it. */
import type { JobsOptions } from '../../../client/client.ts';
import type { JobResource } from '../../../protocol/job.ts';
import { h } from '../element.ts';
import { jobStatus } from './job-status.ts';

export type JobFilter = Pick<JobsOptions, 'status' | 'cancelled' | 'find'>;

/** One for each status that is shown; to the server a cancelled job is one that failed. */
const STATUSES = {
  pending: { status: 'pending' },
  running: { status: 'running' },
  completed: { status: 'completed' },
  failed: { status: 'failed', cancelled: false },
  cancelled: { status: 'failed', cancelled: true },
  timeout: { status: 'timeout' },
} as const;
type StatusName = keyof typeof STATUSES;

export function filterOf(query: string): JobFilter {
  const { status, find } = read(query);
  return { ...(status !== '' && STATUSES[status]), ...(find !== '' && { find }) };
}

export const isFiltered = (query: string): boolean => Object.keys(filterOf(query)).length > 0;

/** Whether a job that has changed since it was listed still belongs into the list. */
export const fits = ({ status, cancelled = false }: JobResource, filter: JobFilter): boolean =>
  (filter.status === undefined || filter.status === status) &&
  (filter.cancelled === undefined || filter.cancelled === cancelled);

export function jobFilter(change: (query: string, how: 'typed' | 'chosen') => void) {
  const find = h('input', {
    type: 'search',
    'aria-label': 'Find in commands',
    placeholder: 'Find in commands',
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    on: { input: () => changed('typed') },
  });
  const status = h(
    'select',
    { 'aria-label': 'Status', on: { change: () => changed('chosen') } },
    h('option', { value: '' }, 'All'),
    ...Object.entries(STATUSES).map(([name, wants]) => h('option', { value: name }, jobStatus(wants).word)),
  );
  const changed = (how: 'typed' | 'chosen'): void => {
    const wanted = { status: status.value, find: find.value };
    change(new URLSearchParams(Object.entries(wanted).filter(([, value]) => value !== '')).toString(), how);
  };
  return {
    element: h('div', { class: 'list-filter', role: 'search' }, find, status),
    show(query: string): void {
      const now = read(query);
      status.value = now.status;
      if (find.value !== now.find) find.value = now.find;
    },
  };
}

function read(query: string): { readonly status: StatusName | ''; readonly find: string } {
  const sent = new URLSearchParams(query);
  const status = sent.get('status') ?? '';
  return { status: status in STATUSES ? (status as StatusName) : '', find: sent.get('find') ?? '' };
}
