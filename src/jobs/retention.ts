/** Finished jobs are kept up to a number and up to a weight; the oldest go first, a running one never. */
import type { JobStore } from './store.ts';

export interface RetentionLimits {
  /** Finished jobs kept. */
  readonly jobs: number;
  /** Bytes of output of finished jobs kept. */
  readonly bytes: number;
}

/** Inherited callers may count on the last 100 finished jobs, whatever they weigh. */
export const ALWAYS_KEPT = 100;
/** What goes at a time: small, since everybody else waits meanwhile. */
export const BATCH = 50;

/** Removes what is over the limits, at most a batch at a time; returns how many jobs went. */
export function pruneJobs(store: JobStore, limits: RetentionLimits, removeFolder: (id: string) => void): number {
  let { finished, bytes } = store.totals();
  const going: string[] = [];
  for (const job of store.oldestFinished(Math.min(BATCH, Math.max(0, finished - ALWAYS_KEPT)))) {
    if (finished <= limits.jobs && bytes <= limits.bytes) break;
    going.push(job.id);
    finished -= 1;
    bytes -= job.bytes;
  }
  // The folder goes first: killed in between, the row is pruned again; a folder without a row would be read back in.
  for (const id of going) removeFolder(id);
  store.remove(going);
  return going.length;
}
