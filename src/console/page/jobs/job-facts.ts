/** A job's record as terms and values; of a running one as it is now. */
import { isFinished } from '../../../client/client.ts';
import type { JobResource } from '../../../protocol/job.ts';
import { h, setChildren, setText } from '../element.ts';
import { timeElement } from '../time.ts';
import { bytesText, durationText } from '../time-text.ts';

type Fact = string | number | HTMLElement | undefined;

/** Values change in place: what is selected in the others stays. */
export function showFacts(list: HTMLElement, job: JobResource): void {
  const facts = Object.entries(factsOf(job)).filter(([, value]) => value !== undefined);
  const shown = [...list.querySelectorAll('dt')].map((term) => term.textContent);
  const isSame = facts.map(([term]) => term).join() === shown.join();
  if (!isSame) {
    setChildren(list, ...facts.map(([term, value]) => h('div', {}, h('dt', {}, term), h('dd', {}, value))));
    return;
  }
  for (const [index, value] of [...list.querySelectorAll('dd')].entries()) {
    const wanted = facts[index]?.[1];
    if (!(wanted instanceof HTMLElement)) setText(value, String(wanted));
  }
}

/** Milliseconds that a job took, or has been running for by the clock of this machine; undefined before it starts. */
export function elapsedMs(job: JobResource): number | undefined {
  if (job.durationMs !== undefined || isFinished(job)) return job.durationMs;
  return job.startedAt === null ? undefined : Math.max(0, Date.now() - job.startedAt * 1000);
}

function factsOf(job: JobResource & { readonly sessionKey?: string; readonly shell?: string }): Record<string, Fact> {
  const { startedAt, submittedAt, exitCode, pid, sessionKey, shell, stdoutBytes, stderrBytes } = job;
  const elapsed = elapsedMs(job);
  return {
    Exit: exitCode === undefined ? undefined : h('b', {}, exitCode),
    [isFinished(job) ? 'Took' : 'Running for']: elapsed === undefined ? undefined : durationText(elapsed),
    Started: timeElement(startedAt ?? submittedAt),
    Session: sessionKey === undefined ? undefined : `${sessionKey} (${shell ?? '?'})`,
    Process: pid,
    Output: stdoutBytes === undefined ? undefined : bytesText(stdoutBytes + (stderrBytes ?? 0)),
  };
}
