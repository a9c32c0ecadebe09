/** Finished jobs are kept up to a number and up to a size; the oldest are removed first, a running one never. */
import type { JobStore } from './store.ts';

export interface RetentionLimits {
  /** Finished jobs kept. */
  readonly jobs: number;
  /** Bytes of output of finished jobs kept. */
  readonly bytes: number;
}

/** Inherited callers may count on the last 100 finished jobs, however large they are. */
export const ALWAYS_KEPT = 100;
/** How many are removed at a time: few, since everybody else waits meanwhile. */
export const BATCH = 50;

export interface Pruned {
  readonly removed: number;
  /** Jobs whose folders could not be removed; they are kept, and tried again the next time. */
  readonly failed: number;
}

/**
 * Removes what is over the limits, at most a batch at a time. `removeFolder` returns false where it cannot; `failing`
 * is how many could not be removed the last time, which must not stand in the way of those behind them.
 */
export function pruneJobs(
  store: JobStore,
  limits: RetentionLimits,
  removeFolder: (id: string) => boolean,
  failing = 0,
): Pruned {
  let { finished, bytes } = store.totals();
  const removed: string[] = [];
  let failed = 0;
  for (const job of store.oldestFinished(Math.min(BATCH + failing, Math.max(0, finished - ALWAYS_KEPT)))) {
    if (finished <= limits.jobs && bytes <= limits.bytes) break;
    // The folder goes first: killed in between, the row is pruned again; a folder without a row would be read back in.
    if (removeFolder(job.id)) removed.push(job.id);
    else failed += 1;
    finished -= 1;
    bytes -= job.bytes;
  }
  store.remove(removed);
  return { removed: removed.length, failed };
}
