/**
 * What a start finds: the index, and the folders that are the truth. Folders that the index lacks
 * (killed before the write, or a new index after a damaged one) are read back in.
 */
import { readdirSync } from 'node:fs';
import { ID_PATTERN } from '../core/id.ts';
import type { Log } from '../core/log.ts';
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
    if (!ID_PATTERN.test(id) || known.has(id)) continue;
    const folder = new JobFolder(jobsPath, id);
    const record = readBack(folder);
    if (record === undefined) {
      // Killed between making the folder and writing into it: nobody was told of this job. Anything more is
      // somebody's output, and not ours to throw away because we cannot read what it belongs to.
      if (folder.wasStarted) log.warn('a job folder cannot be read and is left as it is', { folder: folder.path });
      else folder.remove();
      continue;
    }
    store.put(record, bytesOf(folder));
    found += 1;
  }
  if (found > 0) log.info('jobs read back in from their folders', { jobs: found });
  return {
    unfinished: store.unfinished().filter((record) => !finishedUnnoted(record)),
    highestSeq: store.highestSeq(),
  };

  // Killed after the outcome was written and before the index was: the folder is the truth.
  function finishedUnnoted(record: JobRecord): boolean {
    const folder = new JobFolder(jobsPath, record.id);
    const outcome = folder.readOutcome();
    if (outcome !== undefined)
      store.put({ ...record, startedAt: record.startedAt ?? startOf(folder, record), outcome }, bytesOf(folder));
    return outcome !== undefined;
  }
}

const bytesOf = (folder: JobFolder): number => folder.outputStat('stdout').bytes + folder.outputStat('stderr').bytes;

/** A clock that was set back must not make a job start before it was submitted. */
function startOf(folder: JobFolder, { submittedAt }: { readonly submittedAt: number }): number | undefined {
  const startedAt = folder.startedAt;
  return startedAt === undefined ? undefined : Math.max(submittedAt, startedAt);
}

function readBack(folder: JobFolder): JobRecord | undefined {
  const submission = folder.readSubmission();
  if (submission === undefined) return undefined;
  // A job whose background or whole tree is to be ended is not over when its shell is: the manager sees to it.
  const endsWithShell = submission.spec.background === 'keep' && folder.endingBecause === undefined;
  const outcome = folder.readOutcome() ?? (endsWithShell ? outcomeFromExitFile(folder) : undefined);
  return { ...submission, startedAt: startOf(folder, submission), process: undefined, outcome };
}

function outcomeFromExitFile(folder: JobFolder): JobOutcome | undefined {
  const { exitCode, exitedAt: finishedAt } = folder;
  if (exitCode === undefined || finishedAt === undefined) return undefined;
  return { exitCode, timedOut: false, cancelled: false, finishedAt, warnings: [], results: {} };
}
