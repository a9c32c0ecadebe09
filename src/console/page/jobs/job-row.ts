/** A job in the list: its status, its command, how long it took and when it was submitted. */
import type { JobResource } from '../../../protocol/job.ts';
import { h, setAttribute, setChildren, setText } from '../element.ts';
import type { Row } from '../keyed-list.ts';
import { routeTo } from '../route.ts';
import { statusMark } from '../status.ts';
import { timeElement } from '../time.ts';
import { durationText } from '../time-text.ts';
import type { Context } from '../view.ts';
import { elapsedMs } from './job-facts.ts';
import { jobStatus } from './job-status.ts';

/** Lines of a command that are shown. */
const MAX_LINES = 3;

export function jobRow(
  { jobId, submittedAt, command }: JobResource,
  { selected, query }: Pick<Context, 'selected' | 'query'>,
  signal: AbortSignal,
): Row<JobResource> {
  const mark = h('span', { class: 'row-mark' });
  const facts = h('span', { class: 'facts' });
  const link = h(
    'a',
    {},
    mark,
    h('span', { class: 'row-title mono', title: command }, firstLines(command)),
    h('span', { class: 'row-meta' }, facts, timeElement(submittedAt)),
  );
  query.watch(signal, (wanted) => setAttribute(link, 'href', routeTo('jobs', jobId, wanted)));
  selected.watch(signal, (id) => setAttribute(link, 'aria-current', id === jobId && 'true'));
  let shown = '';
  return {
    element: h('li', {}, link),
    update(job) {
      const style = jobStatus(job);
      if (shown !== style.word) setChildren(mark, statusMark(style));
      shown = style.word;
      setText(facts, factsOf(job));
    },
  };
}

function factsOf(job: JobResource & { sessionKey?: string }): string {
  const { status, cancelled, exitCode, sessionKey } = job;
  const elapsed = elapsedMs(job);
  return [
    sessionKey,
    status === 'failed' && cancelled !== true
      ? `exit ${exitCode}`
      : jobStatus({ status, cancelled: cancelled ?? false }).word,
    elapsed === undefined ? undefined : durationText(elapsed),
  ]
    .filter((fact) => fact !== undefined)
    .join(' · ');
}

/** A line of its own each: the first one alone is often no more than `set -e`. */
function firstLines(command: string): string {
  const lines = command.trim().split('\n');
  const more = lines.length - MAX_LINES + 1;
  return (more < 2 ? lines : [...lines.slice(0, MAX_LINES - 1), `… ${more} more lines`]).join('\n');
}
