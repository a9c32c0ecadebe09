/** All there is about one job at a moment: what routes show of it is made of this. */
import type { JobFolder } from '../../jobs/folder.ts';
import type { Job } from '../../jobs/job.ts';
import type { JobManager } from '../../jobs/manager.ts';
import type { JobRecord } from '../../jobs/record.ts';

export interface JobSnapshot {
  readonly record: JobRecord;
  readonly folder: JobFolder;
  /** Absent when the job is done. */
  readonly active: Job | undefined;
}

/** Undefined for what is no job's id, nor the name of one that is not done. */
export function snapshotOf(jobs: JobManager, id: string): JobSnapshot | undefined {
  const record = jobs.record(id);
  return record === undefined
    ? undefined
    : { record, folder: jobs.folder(record.id), active: jobs.activeJob(record.id) };
}
