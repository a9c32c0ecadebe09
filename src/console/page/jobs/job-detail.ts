/** One job in detail: its record, what can be done with it, and its output. */
import { isFinished } from '../../../client/client.ts';
import { ClientError } from '../../../client/failure.ts';
import { pause } from '../../../client/pause.ts';
import type { JobResource } from '../../../protocol/job.ts';
import { announce } from '../announce.ts';
import { button } from '../button.ts';
import { confirm } from '../dialog.ts';
import { h, setChildren, setText } from '../element.ts';
import { emptyPlace } from '../empty.ts';
import { icon } from '../icon.ts';
import { sentence, showNotice } from '../notice.ts';
import { reportFailure } from '../report-failure.ts';
import { outputAddress, parseRoute, routeTo } from '../route.ts';
import { statusBadge } from '../status.ts';
import { showInRunForm } from './run-form.ts';
import type { Context } from '../view.ts';
import { download } from './download.ts';
import { inputLine } from './input-line.ts';
import { showFacts } from './job-facts.ts';
import { jobStatus } from './job-status.ts';
import { showOutput } from './job-output.ts';
import { OutputPane } from '../output/output-pane.ts';
import { poll } from '../polling.ts';

export function jobDetail(context: Context, id: string, signal: AbortSignal, changed: () => void): HTMLElement {
  const { client, connection, query } = context;
  const place = h('article', { class: 'job', 'aria-busy': 'true' });
  const badge = h('span', {});
  const facts = h('dl', { class: 'facts-list' });
  const actions = h('div', { class: 'tools' });
  const remark = h('p', { class: 'output-note', hidden: true });
  const input = inputLine(context, id);

  const cancel = async ({ command }: JobResource): Promise<void> => {
    const agreed = await confirm({
      title: 'Cancel this job?',
      body: [
        h('p', { class: 'named mono' }, command),
        h('p', {}, 'The job and every process it started are ended. Its output so far is kept.'),
      ],
      yes: 'Cancel the job',
      no: 'Keep the job',
    });
    if (!agreed) return;
    try {
      const { cancelled, reason } = await client.cancel(id);
      if (!cancelled) showNotice(sentence(reason ?? 'the job has already ended'));
      changed();
    } catch (error) {
      reportFailure(connection, error);
    }
  };
  const save = (stream: 'stdout' | 'stderr') => () =>
    void download(client.output(id, stream), `${id}.${stream}.txt`).catch((error: unknown) => {
      reportFailure(connection, error);
    });
  const pane = new OutputPane(
    {
      tools: [
        button('stdout', save('stdout'), { icon: 'download', title: 'Download standard output' }),
        button('stderr', save('stderr'), { icon: 'download', title: 'Download standard error' }),
      ],
      read: async (stream, from, to, life) =>
        new Uint8Array(
          await new Blob(await Array.fromAsync(client.output(id, stream, { from, to, signal: life }))).arrayBuffer(),
        ),
      timeline: (from, limit, life) => client.timeline(id, { from, limit, signal: life }),
      failed: (error) => reportFailure(connection, error),
      address: (shown, line) => outputAddress(id, shown, line),
    },
    signal,
  );
  const toLineOfAddress = (): void => {
    const { id: named, shown = 'both', line } = parseRoute(location.hash);
    if (named !== id || line === undefined) return;
    pane.show(shown);
    pane.toLine(line);
  };
  addEventListener('hashchange', toLineOfAddress, { signal });

  let word: string | undefined;
  const showRecord = (job: JobResource): void => {
    showFacts(facts, job);
    setText(remark, remarkOn(job));
    remark.hidden = remark.textContent === '';
    const style = jobStatus(job);
    // Buttons stay as they are, and keep the focus, until there are others.
    if (word === style.word) return;
    word = style.word;
    setChildren(badge, statusBadge(style));
    setChildren(
      actions,
      !isFinished(job) && button('Cancel', () => void cancel(job), { icon: 'stop', kind: 'danger' }),
      button('Run again', () => showInRunForm(job), { icon: 'repeat', title: 'Copy the command into the form' }),
    );
    input.show(!isFinished(job));
  };
  const load = async (): Promise<JobResource> => {
    const job = await client.job(id, { tailLines: 0, signal });
    showRecord(job);
    return job;
  };
  // After an event of the feed; the banner shows that a server is away.
  const reload = async (): Promise<JobResource | undefined> => {
    try {
      return await load();
    } catch (error) {
      reportFailure(connection, error);
      return undefined;
    }
  };
  const end = async (seenRunning: boolean): Promise<void> => {
    changed();
    const job = await reload();
    if (seenRunning && job !== undefined) announce(`Job ${jobStatus(job).word.toLowerCase()}`);
  };
  const ended = new AbortController();
  const life = AbortSignal.any([signal, ended.signal]);
  let current = false;
  const keepCurrent = (): void => {
    if (current) return;
    current = true;
    poll(connection, life, FACTS_MS, async () => void (isFinished(await load()) && ended.abort()));
  };
  const run = async (): Promise<void> => {
    for (;;) {
      try {
        const job = await load();
        place.removeAttribute('aria-busy');
        setChildren(place, top(job), facts, remark, pane.element, input.element);
        toLineOfAddress();
        if (!isFinished(job)) keepCurrent();
        await showOutput(
          client,
          job,
          pane,
          { started: () => void reload(), ended: () => void end(!isFinished(job)) },
          signal,
        );
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof ClientError && error.status === 404) return setChildren(place, gone());
        reportFailure(connection, error);
        if (!(error instanceof ClientError && error.transient)) return;
        await pause(RETRY_MS, signal);
      }
    }
  };
  const top = (job: JobResource): HTMLElement =>
    h(
      'div',
      { class: 'detail-top' },
      h(
        'a',
        { class: 'back', href: routeTo('jobs', undefined, query.value), 'aria-label': 'Back to the list' },
        icon('back'),
      ),
      badge,
      h('code', { class: 'job-id', title: 'Job id' }, job.jobId),
      actions,
      h('pre', { class: 'command', tabindex: 0, 'aria-label': 'Command' }, job.command),
    );
  void run();
  return place;
}

const RETRY_MS = 1000;
/** How old the facts of a running job may be. */
const FACTS_MS = 1000;

const remarkOn = ({ status, warnings = [] }: JobResource): string =>
  status === 'pending' ? 'Waiting for a free job slot; the limit is --max-jobs.' : warnings.map(sentence).join(' ');

const gone = (): HTMLElement =>
  emptyPlace(
    'jobs',
    'This job is no longer kept',
    'The server keeps a limited number of finished jobs (--keep-jobs). ',
    h('a', { href: routeTo('jobs') }, 'Show the others'),
    '.',
  );
