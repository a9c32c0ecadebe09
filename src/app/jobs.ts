/** Builds the room of jobs. */
import { join } from 'node:path';
import { JobFeeds } from '../jobs/feed.ts';
import { JobManager } from '../jobs/manager.ts';
import { jobControlRoutes } from '../http/jobs/control-routes.ts';
import { jobEventRoutes } from '../http/jobs/event-routes.ts';
import { execRoutes } from '../http/jobs/exec-routes.ts';
import { jobOutputRoutes } from '../http/jobs/output-routes.ts';
import { jobRoutes } from '../http/jobs/routes.ts';
import { jobSignalRoutes } from '../http/jobs/signal-routes.ts';
import { jobTimelineRoutes } from '../http/jobs/timeline-routes.ts';
import { modesOf, type Mode } from '../modes/mode.ts';
import { EXECUTION_MODES } from '../protocol/job.ts';
import { DISK_FULL, diskReport } from './disk.ts';
import type { Base, Feature } from './feature.ts';
import { JobMetrics } from './job-metrics.ts';

export async function openJobs(
  { config, clock, log }: Base,
  scope: AsyncDisposableStack,
  listed: readonly Mode[],
): Promise<Feature & { readonly manager: JobManager }> {
  const { settings, dataPath } = config;
  const modes = modesOf(listed);
  const metrics = new JobMetrics(listed.map(({ name }) => name));
  const jobs = scope.use(
    await JobManager.open({
      dataPath,
      maxRunning: settings['max-jobs'],
      keep: { jobs: settings['keep-jobs'], bytes: settings['keep-bytes'] },
      runners: Object.fromEntries(listed.map(({ name, runner }) => [name, runner])),
      clock,
      log,
      warnings: () => (diskReport(dataPath).full ? [DISK_FULL] : []),
      finished: (record, outputBytes) => metrics.finished(record, outputBytes),
    }),
  );
  const feeds = new JobFeeds();
  return {
    manager: jobs,
    folders: [join(dataPath, 'jobs')],
    trees: {
      active: () => jobs.activeJobs.map(({ record }) => record.id),
      ownerOf: (treeId) => (jobs.record(treeId) === undefined ? undefined : { jobId: treeId }),
    },
    routes: [
      execRoutes(jobs, modes),
      jobRoutes(jobs),
      jobControlRoutes(jobs),
      jobSignalRoutes(jobs),
      jobOutputRoutes(jobs),
      jobEventRoutes(jobs, feeds),
      jobTimelineRoutes(jobs),
    ],
    health: () => ({
      jobs: jobs.kept,
      jobs_active: jobs.active,
      execution_modes: EXECUTION_MODES.filter((name) => (modes.get(name) ?? { available: false }).available !== false),
    }),
    problems: () => (jobs.writeError === undefined ? [] : [`the job index cannot be written: ${jobs.writeError}`]),
    activity: () =>
      // By where they run: for what a stop would end it does not matter which mode it was.
      [...Map.groupBy(jobs.activity(), ({ mode }) => modes.get(mode)?.where)].map(([where, counts]) => ({
        kind: 'jobs',
        ...(where !== undefined && { where }),
        ending: counts.reduce((sum, { ending }) => sum + ending, 0),
        surviving: counts.reduce((sum, { surviving }) => sum + surviving, 0),
      })),
    metrics: () => metrics.read(jobs.activeJobs, jobs.kept),
    drain: () => jobs.drain(),
    resume: () => jobs.resume(),
    endAll: () => jobs.cancelAll(),
  };
}
