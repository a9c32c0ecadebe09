/** Jobs: the form that runs a command, the list, and one of them in detail. */
import type { JobResource } from '../../../protocol/job.ts';
import { button } from '../button.ts';
import { h, setChildren } from '../element.ts';
import { emptyPlace } from '../empty.ts';
import { arrowKeys, keyedList } from '../keyed-list.ts';
import { listAndDetail } from '../list-and-detail.ts';
import { poll } from '../polling.ts';
import { routeTo } from '../route.ts';
import { reportFailure } from '../report-failure.ts';
import type { Context } from '../view.ts';
import { jobDetail } from './job-detail.ts';
import { jobRow } from './job-row.ts';
import { runForm } from './run-form.ts';

const REFRESH_MS = 2000;
const PAGE = 30;
const FILTERS = {
  '': 'All',
  running: 'Running',
  completed: 'Completed',
  failed: 'Failed',
  timeout: 'Timed out',
} as const;

export function jobsView(context: Context, signal: AbortSignal): HTMLElement {
  const { client, connection, selected } = context;
  let newest: readonly JobResource[] = [];
  let older: readonly JobResource[] = [];
  let reachedFirst = false;
  const rows = h('ul', { class: 'rows', 'aria-label': 'Jobs' });
  const showRows = keyedList<JobResource>(
    rows,
    ({ jobId }) => jobId,
    (job) => jobRow(job, selected, signal),
  );
  arrowKeys(rows);
  const more = button('Show older jobs', () => void showOlder());
  const none = h('div', { class: 'list-empty' });
  const filter = h(
    'select',
    { 'aria-label': 'Which jobs', on: { change: () => startAnew() } },
    ...Object.entries(FILTERS).map(([value, text]) => h('option', { value }, text)),
  );
  const form = runForm(context, signal, (jobId) => {
    filter.value = '';
    location.hash = routeTo('jobs', jobId);
    refresh();
  });

  const startAnew = (): void => {
    newest = [];
    older = [];
    reachedFirst = false;
    refresh();
  };
  const pageOfJobs = (before?: JobResource): Promise<JobResource[]> => {
    const status = filter.value as keyof typeof FILTERS;
    return client.jobs({
      limit: PAGE,
      tailLines: 0,
      ...(status !== '' && { status }),
      ...(before !== undefined && { before: before.jobId }),
      signal,
    });
  };
  const show = (): void => {
    const known = new Set(newest.map(({ jobId }) => jobId));
    const all = [...newest, ...older.filter(({ jobId }) => !known.has(jobId))];
    showRows(all);
    form.remember(all.map(({ command }) => command));
    more.hidden = newest.length < PAGE || reachedFirst;
    setChildren(none, all.length === 0 && emptyList(filter.value));
  };
  const refresh = poll(connection, signal, REFRESH_MS, async () => {
    const before = newest;
    newest = await pageOfJobs();
    // What the newest page pushed out stays in its place, at the top of the older ones.
    if (older.length > 0) older = [...before, ...older];
    show();
  });
  const showOlder = async (): Promise<void> => {
    try {
      const last = older.at(-1) ?? newest.at(-1);
      const page = await pageOfJobs(last);
      older = [...older, ...page];
      reachedFirst = page.length < PAGE;
      show();
    } catch (error) {
      reportFailure(connection, error);
    }
  };

  return listAndDetail(
    {
      title: 'Jobs',
      selected,
      above: form.element,
      control: filter,
      list: [rows, none, more],
      detail: (id, life) => jobDetail(context, id, life, refresh),
      nothingChosen,
    },
    signal,
  );
}

const emptyList = (filter: string): HTMLElement =>
  filter === ''
    ? emptyPlace('jobs', 'No jobs yet', 'Type a command above and press Enter: it runs on the server, as its user.')
    : emptyPlace('jobs', 'No matching jobs', 'Choose All to see the others.');

const nothingChosen = (): HTMLElement =>
  emptyPlace('jobs', 'No job chosen', 'Choose one from the list to see its output as it comes.');
