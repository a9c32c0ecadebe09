/**
 * What a start finds: the index, and the folders that are the truth. Folders that the index lacks
 * (killed before the write, or a new index after a damaged one) are read back in.
 */
import { readdirSync } from 'node:fs';
import { JOB_ID_PATTERN } from '../core/id.ts';
import type { Log } from '../core/log.ts';
import { readExitFile } from '../platform/exit-file.ts';
import { JobFolder } from './folder.ts';
import type { JobOutcome, JobRecord } from './record.ts';
import type { JobStore } from './store.ts';

export interface Restored {
  /** Jobs whose end is not known yet, in order of submission. */
  readonly unfinished: readonly JobRecord[];
  readonly highestSeq: number;
}

export function restoreJobs(store: JobStore, jobsPath: string, log: Log): Restored {
  const known = store.ids();
  let found = 0;
  for (const id of readdirSync(jobsPath)) {
    if (!JOB_ID_PATTERN.test(id) || known.has(id)) continue;
    const folder = new JobFolder(jobsPath, id);
    const record = readBack(folder);
    if (record === undefined) {
      // Killed between making the folder and writing into it: nobody was told of this job.
      folder.remove();
      continue;
    }
    store.put(record, folder.outputStat('stdout').bytes + folder.outputStat('stderr').bytes);
    found += 1;
  }
  if (found > 0) log.info('jobs read back in from their folders', { jobs: found });
  return { unfinished: store.unfinished(), highestSeq: store.highestSeq() };
}

function readBack(folder: JobFolder): JobRecord | undefined {
  const submission = folder.readSubmission();
  if (submission === undefined) return undefined;
  const outcome = folder.readOutcome() ?? outcomeFromExitFile(folder);
  return { ...submission, startedAt: folder.wasStarted ? submission.submittedAt : undefined, process: undefined, outcome };
}

function outcomeFromExitFile(folder: JobFolder): JobOutcome | undefined {
  const exit = readExitFile(folder.exit);
  const finishedAt = folder.exitedAt;
  if (!exit.known || finishedAt === undefined) return undefined;
  return { exitCode: exit.code, timedOut: false, cancelled: false, finishedAt, warnings: [], results: {} };
}
