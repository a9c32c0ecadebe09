/** Keeps finished jobs within their limits while the server runs, a batch at a time, and forgets old idempotency keys. */
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import type { JobFolder } from './folder.ts';
import { IDEMPOTENCY_MS } from './idempotency.ts';
import { BATCH, pruneJobs, type RetentionLimits } from './retention.ts';
import type { JobStore } from './store.ts';

const EVERY_MS = 1000;
const BETWEEN_BATCHES_MS = 20;

export interface PrunerOptions {
  readonly store: JobStore;
  readonly keep: RetentionLimits;
  readonly folder: (id: string) => JobFolder;
  readonly clock: Clock;
  readonly log: Log;
  /** So many jobs have been removed. */
  readonly removed: (count: number) => void;
}

export class Pruner implements Disposable {
  readonly #options: PrunerOptions;
  readonly #timer: ReturnType<typeof setInterval>;
  /** Something may be over the limits. */
  #due = true;
  #closed = false;
  /** Jobs whose folders could not be removed the last time. */
  #failing = 0;

  constructor(options: PrunerOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.prune(), EVERY_MS);
    this.#timer.unref();
  }

  /** Another job has finished. */
  jobFinished(): void {
    this.#due = true;
  }

  /** Removes a batch of what is over the limits, and soon the next, if there may be more. */
  prune(): void {
    if (!this.#due || this.#closed) return;
    const { store, keep, clock, log } = this.#options;
    try {
      const { removed, failed } = pruneJobs(store, keep, (id) => this.#removeFolder(id), this.#failing);
      this.#options.removed(removed);
      this.#failing = failed;
      this.#due = removed >= BATCH;
      if (this.#due) setTimeout(() => this.prune(), BETWEEN_BATCHES_MS).unref();
      store.forgetIdempotencyKeys(clock.now() - IDEMPOTENCY_MS);
    } catch (error) {
      log.warn('old jobs could not be removed; trying again later', { detail: messageOf(error) });
    }
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    clearInterval(this.#timer);
  }

  #removeFolder(id: string): boolean {
    try {
      this.#options.folder(id).remove();
      return true;
    } catch (error) {
      if (this.#failing === 0)
        this.#options.log.warn('the folder of an old job cannot be removed: the job is kept, and tried again later', {
          job: id,
          detail: messageOf(error),
        });
      return false;
    }
  }
}
