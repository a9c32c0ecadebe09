/** What the jobs know of the processes of the machine. */
import type { JobManager } from '../manager.ts';
import type { JobRecord } from '../record.ts';
import type { EndedProcess, JobProcesses } from './process-list.ts';

/** Jobs that are looked through for a process that has ended. */
const LOOKED_THROUGH = 100;

export const jobProcessesOf = (jobs: JobManager): JobProcesses => ({
  trees: () => jobs.activeJobs.map(({ record }) => ({ treeId: record.id, root: record.process })),
  isJob: (treeId) => jobs.record(treeId)?.id === treeId,
  endedWith: (pid) =>
    jobs
      .page(LOOKED_THROUGH, undefined)
      .map(endedProcessOf)
      .find((ended) => ended?.pid === pid),
});

function endedProcessOf({ id, spec, process, outcome, startedAt }: JobRecord): EndedProcess | undefined {
  if (outcome === undefined || startedAt === undefined) return undefined;
  // Of a program that a shell waited for, its own.
  const { pid = process?.pid, startTime = process?.startTime } = outcome.results;
  if (typeof pid !== 'number' || typeof startTime !== 'string') return undefined;
  return { jobId: id, pid, startTime, command: spec.command, startedAt, exitCode: outcome.exitCode };
}
