/**
 * All jobs of this server: submission, look-up, retention, the way down.
 *
 *   open ──close──▶ closed      (a closed manager takes no jobs; those that run stay or are ended)
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { fail, messageOf, ok, type Result } from '../core/failure.ts';
import { newId } from '../core/id.ts';
import type { Log } from '../core/log.ts';
import { JobFolder } from './folder.ts';
import { IDEMPOTENCY_MS, type Fingerprint } from './idempotency.ts';
import { Job } from './job.ts';
import { JobSlots } from './job-slots.ts';
import type { JobRecord, JobSpec, JobStatus } from './record.ts';
import { restoreJobs } from './restore.ts';
import { BATCH as PRUNE_BATCH, pruneJobs, type RetentionLimits } from './retention.ts';
import type { Runner } from './runner.ts';
import { JobStore } from './store.ts';

const PRUNE_EVERY_MS = 1000;
const BETWEEN_BATCHES_MS = 20;

export interface JobManagerOptions {
  readonly dataPath: string;
  /** Jobs that run at once; more wait as `pending`. */
  readonly maxRunning: number;
  readonly keep: RetentionLimits;
  /** By mode. */
  readonly runners: Readonly<Record<string, Runner>>;
  readonly clock: Clock;
  readonly log: Log;
  /** What is wrong with the machine right now that a finished job should mention. */
  readonly warnings: () => readonly string[];
}

export type SubmitFailure =
  | { readonly reason: 'idempotency-conflict' }
  | { readonly reason: 'storage-failed'; readonly detail: string }
  | { readonly reason: 'shutting-down' };

export class JobManager implements AsyncDisposable {
  readonly #options: JobManagerOptions;
  readonly #jobsPath: string;
  readonly #store: JobStore;
  /** Jobs that are not done, by id, in order of submission. */
  readonly #active = new Map<string, Job>();
  readonly #slots: JobSlots;
  #nextSeq: number;
  #kept: number;
  #pruneDue = true;
  #closed = false;
  readonly #pruneTimer: ReturnType<typeof setInterval>;

  private constructor(options: JobManagerOptions, store: JobStore, jobsPath: string) {
    this.#options = options;
    this.#store = store;
    this.#jobsPath = jobsPath;
    this.#nextSeq = store.highestSeq() + 1;
    this.#kept = 0;
    this.#slots = new JobSlots(options.maxRunning);
    this.#pruneTimer = setInterval(() => this.#prune(), PRUNE_EVERY_MS);
    this.#pruneTimer.unref();
  }

  /** Opens the data folder, takes up what still runs, and finishes what ended meanwhile. */
  static async open(options: JobManagerOptions): Promise<JobManager> {
    const jobsPath = join(options.dataPath, 'jobs');
    mkdirSync(jobsPath, { recursive: true, mode: 0o700 });
    const store = JobStore.open(join(options.dataPath, 'jobs.sqlite'), options.log, () => options.clock.now());
    const manager = new JobManager(options, store, jobsPath);
    await manager.#restore();
    return manager;
  }

  /** Jobs kept, whatever their state. */
  get kept(): number {
    return this.#kept;
  }

  get active(): number {
    return this.#active.size;
  }

  /** Jobs that wait or run and will be there for the next server. */
  get surviving(): number {
    return this.active - this.#bound().length;
  }

  /** Why the index of jobs cannot be written, when it cannot. */
  get writeError(): string | undefined {
    return this.#store.writeError;
  }

  /** Takes a job; the same idempotency key and body within 24 h answers with the first one's id. */
  submit(spec: JobSpec, fingerprint?: Fingerprint): Result<string, SubmitFailure> {
    if (this.#closed) return fail({ reason: 'shutting-down' });
    const now = this.#options.clock.now();
    if (fingerprint !== undefined) {
      const promised = this.#store.promised(fingerprint.key, now - IDEMPOTENCY_MS);
      if (promised !== undefined) {
        return promised.fingerprint === fingerprint.body
          ? ok(promised.jobId)
          : fail({ reason: 'idempotency-conflict' });
      }
    }
    const seq = this.#nextSeq++;
    const waiting = { seq, spec, submittedAt: now, startedAt: undefined, process: undefined, outcome: undefined };
    let folder: JobFolder | undefined;
    let record: JobRecord;
    try {
      folder = JobFolder.claim(this.#jobsPath, newId);
      record = { ...waiting, id: folder.id };
      folder.saveSubmission(record);
      if (fingerprint !== undefined)
        this.#store.promise(fingerprint.key, { fingerprint: fingerprint.body, jobId: record.id }, now);
    } catch (error) {
      if (folder !== undefined) removeIfPossible(folder);
      return fail({ reason: 'storage-failed', detail: messageOf(error) });
    }
    const job = this.#take(record, folder);
    this.#store.put(record, 0);
    this.#begin(job);
    return ok(record.id);
  }

  /** A job that is not done. */
  activeJob(id: string): Job | undefined {
    return this.#active.get(id);
  }

  record(id: string): JobRecord | undefined {
    return this.#active.get(id)?.record ?? this.#store.get(id);
  }

  folder(id: string): JobFolder {
    return new JobFolder(this.#jobsPath, id);
  }

  /** Newest first. */
  page(limit: number, before: JobRecord | undefined, status: JobStatus | undefined): JobRecord[] {
    return this.#store.page({ limit, before: before?.seq, status });
  }

  /** Resolves true when the job is done, false after `ms` or when `signal` says that nobody waits any more. */
  async finished(id: string, ms: number, signal: AbortSignal): Promise<boolean> {
    const job = this.#active.get(id);
    if (job === undefined) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    using _timer = this.#options.clock.after(ms, () => resolve(false));
    const leave = () => resolve(false);
    signal.addEventListener('abort', leave, { once: true });
    void job.finished.then(() => resolve(true));
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  /** Ends every job with all it started. */
  async cancelAll(): Promise<void> {
    this.drain();
    const jobs = [...this.#active.values()];
    for (const job of jobs) job.cancel();
    await Promise.all(jobs.map((job) => job.finished));
  }

  /** Goes down; what runs goes on without us, where it can. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.drain();
    clearInterval(this.#pruneTimer);
    const bound = this.#bound();
    await Promise.all(Object.values(this.#options.runners).map(async (runner) => runner.close?.()));
    const ending = [...this.#active.values()].filter((job) => job.ending);
    await Promise.all([...bound, ...ending].map((job) => job.finished));
    for (const job of this.#active.values()) job.release();
    this.#store[Symbol.dispose]();
  }

  /** Takes no jobs, and starts none of those that wait, from now on. */
  drain(): void {
    this.#closed = true;
    this.#slots.close();
  }

  /** Jobs of what ends with this server. */
  #bound(): Job[] {
    return [...this.#active.values()].filter((job) => this.#runnerOf(job).close !== undefined);
  }

  #runnerOf(job: Job): Runner {
    return this.#options.runners[job.record.spec.mode] ?? NO_RUNNER;
  }

  #begin(job: Job): void {
    const runner = this.#runnerOf(job);
    if (runner.takesTurns === true) job.start(runner, (signal) => this.#slotFor(job, signal));
    else this.#slots.ask(job.record, () => job.start(runner));
  }

  #slotFor(job: Job, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    this.#slots.ask(job.record, resolve);
    return promise;
  }

  async #restore(): Promise<void> {
    const { unfinished, highestSeq } = restoreJobs(this.#store, this.#jobsPath, this.#options.log);
    this.#nextSeq = Math.max(this.#nextSeq, highestSeq + 1);
    this.#kept = this.#store.totals().kept;
    await Promise.all(unfinished.map((record) => this.#resume(record)));
    this.#slots.open();
  }

  async #resume(record: JobRecord): Promise<void> {
    const folder = this.folder(record.id);
    const job = this.#take(record, folder, 'kept-already');
    const runner = this.#options.runners[record.spec.mode];
    const waited = record.startedAt === undefined && !folder.wasStarted;
    if (waited && runner?.adopt !== undefined) return this.#begin(job);
    this.#slots.hold(job.record.id);
    // What it counted on went with the server: a command that takes a folder for granted must not run in another.
    if (waited) return job.start(NEVER_BEGAN);
    const request = { jobId: record.id, spec: record.spec, folder };
    job.resume((await runner?.adopt?.(request, record.process)) ?? LOST);
  }

  #take(record: JobRecord, folder: JobFolder, kept?: 'kept-already'): Job {
    const job = new Job(record, folder, {
      clock: this.#options.clock,
      warnings: this.#options.warnings,
      changed: (changed) => this.#changed(changed),
    });
    this.#active.set(record.id, job);
    if (kept === undefined) this.#kept += 1;
    return job;
  }

  #changed(job: Job): void {
    const { record } = job;
    if (record.outcome === undefined) {
      this.#store.put(record, 0);
      return;
    }
    this.#store.put(record, job.folder.outputStat('stdout').bytes + job.folder.outputStat('stderr').bytes);
    this.#active.delete(record.id);
    this.#slots.leave(record.id);
    this.#pruneDue = true;
  }

  #prune(): void {
    if (!this.#pruneDue || this.#closed) return;
    this.#pruneDue = false;
    try {
      const removed = pruneJobs(this.#store, this.#options.keep, (id) => removeIfPossible(this.folder(id)));
      this.#kept -= removed;
      // There may be more: soon, but not in one go.
      this.#pruneDue = removed === PRUNE_BATCH;
      if (this.#pruneDue) setTimeout(() => this.#prune(), BETWEEN_BATCHES_MS).unref();
      this.#store.forgetPromises(this.#options.clock.now() - IDEMPOTENCY_MS);
    } catch (error) {
      this.#options.log.warn('old jobs could not be removed; trying again later', { detail: messageOf(error) });
      this.#pruneDue = true;
    }
  }
}

function removeIfPossible(folder: JobFolder): void {
  try {
    folder.remove();
  } catch {
    // What kept it from being made may keep it from going as well; a start throws away what is half made.
  }
}

const NEVER_BEGAN: Runner = {
  start: () => ({ refused: 'The server stopped before this command had its turn, and its session went with it' }),
};

const NO_RUNNER: Runner = { start: () => ({ refused: 'this server cannot run jobs of that mode' }) };

/** A job that was running and of which nothing can be found. */
const LOST = {
  ended: Promise.resolve({ known: false } as const),
  write: async () => 'process-gone' as const,
  closeInput() {},
  end: async () => {},
  release() {},
};
