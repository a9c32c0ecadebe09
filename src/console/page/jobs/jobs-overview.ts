/** What is shown where no job is chosen: the latest failures, how busy the machine is, and commands to try. */
import type { JobResource } from '../../../protocol/job.ts';
import { button } from '../button.ts';
import { h, setChildren } from '../element.ts';
import { keyedList } from '../keyed-list.ts';
import type { LoadFeed } from '../load/load-feed.ts';
import { loadPanel } from '../load/load-panel.ts';
import { poll } from '../polling.ts';
import type { Context } from '../view.ts';
import { filterOf } from './job-filter.ts';
import { jobRow } from './job-row.ts';
import { showInRunForm } from './run-form.ts';

const REFRESH_MS = 5000;
const MAX_FAILURES = 5;

const FOR_SH = ['uname -a', 'df -h', 'for i in 1 2 3 4 5; do echo "step $i"; sleep 1; done'];
const FOR_CMD = ['ver', 'dir', 'ping -n 5 127.0.0.1'];

export function jobsOverview(context: Context, load: LoadFeed, signal: AbortSignal): HTMLElement {
  const { client, connection, health } = context;
  const list = h('ul', { class: 'recent' });
  const showFailures = keyedList<JobResource>(
    list,
    ({ jobId }) => jobId,
    (job, life) => jobRow(job, context, life),
    signal,
  );
  const failures = h(
    'section',
    { 'aria-label': 'Recent failures', hidden: true },
    h('h2', {}, 'Recent failures'),
    list,
  );
  poll(connection, signal, REFRESH_MS, async () => {
    const filter = filterOf('status=failed');
    const failed = await client.jobs({ ...filter, limit: MAX_FAILURES, tailLines: 0, signal });
    failures.hidden = failed.length === 0;
    showFailures(failed);
  });
  const examples = h('div', { class: 'examples' });
  let shown: readonly string[] | undefined;
  health.watch(signal, (known) => {
    const commands = known?.shells.cmd === true ? FOR_CMD : FOR_SH;
    if (shown === commands) return;
    shown = commands;
    setChildren(examples, ...commands.map(example));
  });
  return h(
    'div',
    { class: 'overview' },
    h('h2', {}, 'No job chosen'),
    h('p', { class: 'help' }, 'Choose a job from the list to see its output, which is updated while the job runs.'),
    failures,
    loadPanel(load, signal),
    h(
      'section',
      { 'aria-label': 'Examples' },
      h('h2', {}, 'Examples'),
      h('p', { class: 'help' }, 'An example is copied into the form; press Enter to run it.'),
      examples,
    ),
  );
}

function example(command: string): HTMLElement {
  const made = button(command, () => showInRunForm({ command }));
  made.classList.add('mono');
  return made;
}
