/**
 * Notes when the output of all running jobs came. The bytes go straight from the commands into files, and nobody of ours
 * sees them pass: so the sizes of the files are looked at, ten times a second, and nothing is written while they stay as
 * they are.
 *
 * However many jobs run, one look takes a bounded time: jobs that have printed lately have their turns apart from silent
 * ones, and of each kind only so many are looked at in one go. Beyond that number the order of the two streams is known
 * less exactly, and nothing is lost.
 */
import type { Clock } from '../../core/clock.ts';
import { messageOf } from '../../core/failure.ts';
import type { Log } from '../../core/log.ts';
import type { JobFolder } from '../folder.ts';
import { JobClock } from './job-clock.ts';

/** Output that came within one such time has no known order. */
const EVERY_MS = 100;
/** Jobs of a kind that are looked at in one go: 100 silent ones take 0.3 ms. */
const AT_ONCE = 100;
/** So long after its last output a job counts among those that print. */
const LATELY_MS = 2000;

interface Sampled {
  readonly id: string;
  readonly clock: JobClock;
  printedAt: number;
}

export class OutputSampler implements Disposable {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #jobs = new Map<string, Sampled>();
  /** Those that have printed lately and those that have not, each in the order of their next turns. */
  readonly #printing = new Set<Sampled>();
  readonly #silent = new Set<Sampled>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #failing = false;

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  /** A job runs, perhaps since an earlier server. */
  add(id: string, folder: JobFolder, startedAt: number): void {
    this.#orWarn(() => {
      const job = { id, clock: new JobClock(folder, startedAt), printedAt: this.#clock.now() };
      this.#jobs.set(id, job);
      this.#printing.add(job);
    });
    this.#timer ??= setInterval(() => this.sample(), EVERY_MS).unref();
  }

  /** The job is done. */
  remove(id: string): void {
    const job = this.#jobs.get(id);
    if (job === undefined) return;
    this.#jobs.delete(id);
    this.#printing.delete(job);
    this.#silent.delete(job);
    if (this.#jobs.size === 0) this[Symbol.dispose]();
    this.#orWarn(() => job.clock.close(this.#clock.now()));
  }

  /** One look at those whose turn it is. */
  sample(): void {
    const now = this.#clock.now();
    for (const turn of [first(this.#printing), first(this.#silent)]) {
      for (const job of turn) {
        this.#orWarn(() => {
          if (job.clock.note(now)) job.printedAt = now;
        });
        this.#printing.delete(job);
        this.#silent.delete(job);
        (now - job.printedAt < LATELY_MS ? this.#printing : this.#silent).add(job);
      }
    }
  }

  /** The next server goes on with those that still run. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** What cannot be noted now, on a full disk most likely, is noted with the next that can. */
  #orWarn(action: () => void): void {
    try {
      action();
      this.#failing = false;
    } catch (error) {
      if (!this.#failing)
        this.#log.warn('the times of job output cannot be recorded; trying again', { detail: messageOf(error) });
      this.#failing = true;
    }
  }
}

const first = (jobs: ReadonlySet<Sampled>): Sampled[] => [...jobs.values().take(AT_ONCE)];
