/** Jobs: the form that runs a command, the list, and one of them in detail. */
import type { JobResource } from '../../../protocol/job.ts';
import { button } from '../button.ts';
import { h, setChildren } from '../element.ts';
import { emptyPlace } from '../empty.ts';
import { arrowKeys, keyedList } from '../keyed-list.ts';
import { followLoad } from '../load/load-feed.ts';
import { loadLine } from '../load/load-line.ts';
import { listAndDetail } from '../list-and-detail.ts';
import { loadMore } from '../load-more.ts';
import { poll } from '../polling.ts';
import { replaceRoute, routeTo } from '../route.ts';
import { reportFailure } from '../report-failure.ts';
import { untilLoaded } from '../until-loaded.ts';
import type { Context } from '../view.ts';
import { jobDetail } from './job-detail.ts';
import { filterOf, isFiltered, jobFilter } from './job-filter.ts';
import { JobPages } from './job-pages.ts';
import { jobRow } from './job-row.ts';
import { jobsOverview } from './jobs-overview.ts';
import { runForm } from './run-form.ts';

const REFRESH_MS = 2000;

export function jobsView(context: Context, signal: AbortSignal): HTMLElement {
  const { client, connection, selected, query } = context;
  const pagesOf = (wanted: string): JobPages => new JobPages(client, filterOf(wanted), signal);
  let pages = pagesOf(query.value);
  const rows = h('ul', { class: 'rows', 'aria-label': 'Jobs' });
  const showRows = keyedList<JobResource>(
    rows,
    ({ jobId }) => jobId,
    (job, life) => jobRow(job, context, life),
    signal,
  );
  arrowKeys(rows);
  const none = h('div', { class: 'list-empty' });
  const loaded = untilLoaded(none, connection, signal);
  const goTo = (wanted: string): string => routeTo('jobs', selected.value, wanted);
  const filter = jobFilter((wanted, how) => {
    if (how === 'typed') replaceRoute(goTo(wanted));
    else location.hash = goTo(wanted);
  });
  const form = runForm(context, signal, (jobId) => {
    location.hash = routeTo('jobs', jobId);
    refresh();
  });
  const show = (): void => {
    loaded();
    const { jobs, complete } = pages;
    showRows(jobs);
    form.remember(jobs.map(({ command }) => command));
    more.show(!complete);
    setChildren(none, jobs.length === 0 && emptyList(isFiltered(query.value)));
  };
  /** Does something with the list that there is now, and shows it unless there is another by then. */
  const update = async (work: (now: JobPages) => Promise<void>): Promise<void> => {
    const now = pages;
    await work(now);
    if (now === pages) show();
  };
  const more = loadMore(
    'Show older jobs',
    () => update((now) => now.loadOlder()).catch((error: unknown) => reportFailure(connection, error)),
    signal,
  );
  const refresh = poll(connection, signal, REFRESH_MS, () => update((now) => now.refresh()));
  const load = followLoad(context, signal);
  let listed = query.value;
  filter.show(listed);
  query.watch(signal, (wanted) => {
    if (wanted === listed) return;
    listed = wanted;
    filter.show(wanted);
    pages = pagesOf(wanted);
    refresh();
  });
  return listAndDetail(
    {
      title: 'Jobs',
      selected,
      above: form.element,
      control: filter.element,
      list: [rows, none, more.element],
      below: loadLine(load, signal),
      detail: (id, life) => jobDetail(context, id, life, refresh),
      nothingChosen: (life) => jobsOverview(context, load, life),
    },
    signal,
  );
}

const emptyList = (filtered: boolean): HTMLElement =>
  filtered
    ? h(
        'div',
        { class: 'empty-with-action' },
        emptyPlace('jobs', 'No matching jobs', 'No kept job has this status and this text in its command.'),
        button('Show all jobs', () => (location.hash = routeTo('jobs'))),
      )
    : emptyPlace('jobs', 'No jobs yet', 'Enter a command above: it runs on the server, with the rights of its user.');
