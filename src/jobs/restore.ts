/**
 * What a start finds: the index, and the folders that are the truth. Folders that the index lacks (the server was killed
 * before it wrote, or the index is new after a damaged one) are read back in, with their idempotency keys.
 */
import { readdirSync } from 'node:fs';
import { messageOf } from '../core/failure.ts';
import { ID_PATTERN } from '../core/id.ts';
import type { Log } from '../core/log.ts';
import { JobFolder } from './folder.ts';
import type { JobOutcome, JobRecord } from './record.ts';
import type { JobStore } from './store.ts';
import { isNewer, type Submission } from './stored.ts';

export interface Restored {
  /** Jobs whose end is not known yet, in order of submission. */
  readonly unfinished: readonly JobRecord[];
  /** Of all jobs, also of those of a later format. */
  readonly highestSeq: number;
}

export function restoreJobs(store: JobStore, jobsPath: string, log: Log): Restored {
  const unfinished: JobRecord[] = [];
  let readBack = 0;
  /** The `seq` of each job of a later format: it is left as it is, and not shown. */
  const newer: number[] = [];

  const known = store.ids();
  for (const id of readdirSync(jobsPath)) if (ID_PATTERN.test(id) && !known.has(id)) restoreFolder(id);
  for (const record of store.unfinished()) restoreUnfinished(record);

  if (readBack > 0) log.info('jobs read back in from their folders', { jobs: readBack });
  if (newer.length > 0)
    log.warn('job folders of a later version are left as they are and not shown', { jobs: newer.length });
  return { unfinished, highestSeq: Math.max(store.highestSeq(), ...newer) };

  function restoreFolder(id: string): void {
    const folder = new JobFolder(jobsPath, id);
    try {
      const submission = folder.readSubmission();
      const outcome = folder.readOutcome();
      if (isNewer(submission) || isNewer(outcome)) {
        newer.push(submission?.seq ?? 0);
      } else if (submission !== undefined) {
        putBack(store, folder, submission, outcome);
        readBack += 1;
      } else if (folder.wasStarted) {
        // It may hold the only copy of a command's output.
        log.warn('a job folder cannot be read and is left as it is', { folder: folder.path });
      } else {
        // The server was killed between making the folder and writing into it: no caller has this job's id.
        folder.remove();
      }
    } catch (error) {
      log.warn('a job folder cannot be read and is left as it is', { folder: folder.path, detail: messageOf(error) });
    }
  }

  /** The server may have been killed after the outcome was written and before the index was: the folder is the truth. */
  function restoreUnfinished(record: JobRecord): void {
    const folder = new JobFolder(jobsPath, record.id);
    const outcome = folder.readOutcome();
    if (outcome === undefined) {
      unfinished.push(record);
    } else if (isNewer(outcome)) {
      newer.push(record.seq);
      store.remove([record.id]);
    } else {
      store.put({ ...record, startedAt: record.startedAt ?? startOf(folder, record), outcome }, folder.weight);
    }
  }
}

function putBack(
  store: JobStore,
  folder: JobFolder,
  { idempotency, ...submission }: Submission,
  written: JobOutcome | undefined,
): void {
  // A job whose background or whole tree is to be ended is not over when its shell is: the manager sees to it.
  const endsWithShell = submission.spec.background === 'keep' && folder.endingBecause === undefined;
  const outcome = written ?? (endsWithShell ? outcomeFromExitFile(folder) : undefined);
  store.put({ ...submission, startedAt: startOf(folder, submission), process: undefined, outcome }, folder.weight);
  if (idempotency === undefined) return;
  const { key, body: fingerprint } = idempotency;
  store.saveIdempotencyKey({ key, fingerprint, jobId: submission.id, createdAt: submission.submittedAt });
}

/** A clock that was set back must not make a job start before it was submitted. */
function startOf(folder: JobFolder, { submittedAt }: { readonly submittedAt: number }): number | undefined {
  const startedAt = folder.startedAt;
  return startedAt === undefined ? undefined : Math.max(submittedAt, startedAt);
}

function outcomeFromExitFile(folder: JobFolder): JobOutcome | undefined {
  const { exitCode, exitedAt: finishedAt } = folder;
  if (exitCode === undefined || finishedAt === undefined) return undefined;
  return { exitCode, timedOut: false, cancelled: false, finishedAt, warnings: [], results: {} };
}
