import type { JobManager } from '../jobs/manager.ts';
import type { JobLook } from './job-view.ts';

/** All there is about a job, or undefined for an id that nobody has. */
export function lookUp(jobs: JobManager, id: string): JobLook | undefined {
  const record = jobs.record(id);
  return record === undefined ? undefined : { record, folder: jobs.folder(id), active: jobs.activeJob(id) };
}
