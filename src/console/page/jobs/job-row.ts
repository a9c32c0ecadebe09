/** A job in the list: how it is, what it is, how long and when. */
import type { JobResource } from '../../../protocol/job.ts';
import { h, setAttribute, setChildren, setText } from '../element.ts';
import type { Row } from '../keyed-list.ts';
import { routeTo } from '../route.ts';
import { statusMark } from '../status.ts';
import type { Store } from '../store.ts';
import { timeElement } from '../time.ts';
import { durationText } from '../time-text.ts';
import { jobLook } from './job-look.ts';

export function jobRow(
  { jobId, submittedAt, command }: JobResource,
  selected: Store<string | undefined>,
  signal: AbortSignal,
): Row<JobResource> {
  const mark = h('span', { class: 'row-mark' });
  const facts = h('span', { class: 'facts' });
  const link = h(
    'a',
    { href: routeTo('jobs', jobId) },
    mark,
    h('span', { class: 'row-title mono', title: command }, firstLine(command)),
    h('span', { class: 'row-meta' }, facts, timeElement(submittedAt)),
  );
  selected.watch(signal, (id) => setAttribute(link, 'aria-current', id === jobId && 'true'));
  let shown = '';
  return {
    element: h('li', {}, link),
    update(job) {
      const look = jobLook(job);
      if (shown !== look.word) setChildren(mark, statusMark(look));
      shown = look.word;
      setText(facts, factsOf(job));
    },
  };
}

function factsOf({
  status,
  cancelled,
  exitCode,
  durationMs,
  sessionKey,
}: JobResource & { sessionKey?: string }): string {
  return [
    sessionKey,
    status === 'failed' && cancelled !== true
      ? `exit ${exitCode}`
      : jobLook({ status, cancelled: cancelled ?? false }).word,
    durationMs === undefined ? undefined : durationText(durationMs),
  ]
    .filter((fact) => fact !== undefined)
    .join(' · ');
}

const firstLine = (command: string): string => command.trim().split('\n', 1)[0] ?? '';
