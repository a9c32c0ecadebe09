/** How many jobs wait or run, by mode, and whether they end with the server or survive it. */
import type { JobRecord } from './record.ts';
import type { Runner } from './runner.ts';

export interface ModeActivity {
  readonly mode: string;
  readonly ending: number;
  readonly surviving: number;
}

export function activityOf(
  runners: Readonly<Partial<Record<string, Runner>>>,
  jobs: Iterable<{ readonly record: JobRecord }>,
): ModeActivity[] {
  const counts = new Map<string, number>();
  for (const { record } of jobs) counts.set(record.spec.mode, (counts.get(record.spec.mode) ?? 0) + 1);
  return Object.entries(runners).map(([mode, runner]) => {
    const count = counts.get(mode) ?? 0;
    return runner?.close === undefined ? { mode, ending: 0, surviving: count } : { mode, ending: count, surviving: 0 };
  });
}
