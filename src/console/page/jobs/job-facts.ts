/** A job's record as terms and values. */
import type { JobResource } from '../../../protocol/job.ts';
import { h, type Child } from '../element.ts';
import { timeElement } from '../time.ts';
import { bytesText, durationText } from '../time-text.ts';

export function jobFacts(job: JobResource & { readonly sessionKey?: string; readonly shell?: string }): HTMLElement[] {
  const { startedAt, submittedAt, durationMs, exitCode, pid, sessionKey, shell, stdoutBytes, stderrBytes } = job;
  const facts: Readonly<Record<string, Child>> = {
    Exit: exitCode === undefined ? undefined : h('b', {}, exitCode),
    Took: durationMs === undefined ? undefined : durationText(durationMs),
    Started: timeElement(startedAt ?? submittedAt),
    Session: sessionKey === undefined ? undefined : `${sessionKey} (${shell ?? '?'})`,
    Process: pid,
    Output: stdoutBytes === undefined ? undefined : bytesText(stdoutBytes + (stderrBytes ?? 0)),
  };
  return Object.entries(facts).flatMap(([term, value]) =>
    value === undefined ? [] : [h('div', {}, h('dt', {}, term), h('dd', {}, value))],
  );
}
