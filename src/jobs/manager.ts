/**
 * All jobs of this server: submission, lookup, retention, stop.
 *
 *   open ──drain──▶ draining ──dispose──▶ closed      (neither takes jobs; those that run go on or are ended)
 *     ◀──resume─────┘
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { fail, messageOf, ok, type Result } from '../core/failure.ts';
import { newId } from '../core/id.ts';
import type { Log } from '../core/log.ts';
import { attempt } from './conclusion.ts';
import { activityOf, type ModeActivity } from './mode-activity.ts';
import { JobFolder } from './folder.ts';
import { IDEMPOTENCY_MS, type Fingerprint } from './idempotency.ts';
import { Job } from './job.ts';
import { JobNames, type NameTaken } from './job-names.ts';
import { JobSlots } from './job-slots.ts';
import type { JobRecord, JobSpec } from './record.ts';
import { Pruner } from './pruner.ts';
import { restoreJobs } from './restore.ts';
import type { RetentionLimits } from './retention.ts';
import type { Runner } from './runner.ts';
import { JobStore, type PageRequest } from './store.ts';
import { OutputSampler } from './timeline/sampler.ts';
import { adoptOrLose, NEVER_BEGAN, NO_RUNNER } from './substitutes.ts';

export interface JobManagerOptions {
  readonly dataPath: string;
  /** Jobs that run at once; more wait as `pending`. */
  readonly maxRunning: number;
  readonly keep: RetentionLimits;
  /** By `mode`. */
  readonly runners: Readonly<Partial<Record<string, Runner>>>;
  readonly clock: Clock;
  readonly log: Log;
  /** What is wrong with the machine right now that a finished job should mention. */
  readonly warnings: () => readonly string[];
  /** A job is done; called once for each that this server saw the end of. */
  readonly finished?: ((record: JobRecord, outputBytes: number) => void) | undefined;
}

/** A job that is not done, and what it has printed so far. */
export interface ActiveJob {
  readonly record: JobRecord;
  readonly outputBytes: number;
}

export type SubmitFailure =
  | { readonly reason: 'idempotency-conflict' }
  | NameTaken
  | { readonly reason: 'storage-failed'; readonly detail: string }
  | { readonly reason: 'shutting-down' };

export class JobManager implements AsyncDisposable {
  readonly #options: JobManagerOptions;
  readonly #jobsPath: string;
  readonly #store: JobStore;
  /** Jobs that are not done, by id, in order of submission. */
  readonly #active = new Map<string, Job>();
  readonly #names = new JobNames();
  readonly #slots: JobSlots;
  #nextSeq: number;
  #kept: number;
  #closed = false;
  readonly #pruner: Pruner;
  readonly #sampler: OutputSampler;

  private constructor(options: JobManagerOptions, store: JobStore, jobsPath: string) {
    this.#options = options;
    this.#store = store;
    this.#jobsPath = jobsPath;
    this.#nextSeq = store.highestSeq() + 1;
    this.#kept = 0;
    this.#slots = new JobSlots(options.maxRunning);
    const { keep, clock, log } = options;
    const removed = (count: number) => void (this.#kept -= count);
    this.#sampler = new OutputSampler(clock, log);
    this.#pruner = new Pruner({ store, keep, clock, log, folder: (id) => this.folder(id), removed });
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

  /** Jobs that wait or run, in order of submission. */
  get activeJobs(): readonly ActiveJob[] {
    return [...this.#active.values()].map((job) => ({ record: job.record, outputBytes: outputBytesOf(job) }));
  }

  /** Jobs that wait or run, by mode, and whether they end with the server or survive it. */
  activity(): readonly ModeActivity[] {
    return activityOf(this.#options.runners, this.#active.values());
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
      const first = this.#store.findIdempotencyKey(fingerprint.key, now - IDEMPOTENCY_MS);
      if (first !== undefined)
        return first.fingerprint === fingerprint.body ? ok(first.jobId) : fail({ reason: 'idempotency-conflict' });
    }
    const taken = this.#names.conflictOf(spec);
    if (taken !== undefined) return fail(taken);
    const seq = this.#nextSeq++;
    const waiting = { seq, spec, submittedAt: now, startedAt: undefined, process: undefined, outcome: undefined };
    let folder: JobFolder | undefined;
    let record: JobRecord;
    try {
      folder = JobFolder.claim(this.#jobsPath, newId);
      record = { ...waiting, id: folder.id };
      folder.saveSubmission({ ...record, idempotency: fingerprint });
    } catch (error) {
      // What kept it from being made may keep it from being removed too; a start removes what is half made.
      attempt([], () => folder?.remove());
      return fail({ reason: 'storage-failed', detail: messageOf(error) });
    }
    const job = this.#take(record, folder);
    if (fingerprint !== undefined) {
      const { key, body } = fingerprint;
      this.#store.saveIdempotencyKey({ key, fingerprint: body, jobId: record.id, createdAt: now });
    }
    this.#store.put(record, 0);
    this.#begin(job);
    return ok(record.id);
  }

  /** A job that is not done, by its id or its name. */
  activeJob(id: string): Job | undefined {
    return this.#active.get(this.#names.idOf(id));
  }

  /** By id; also by the name of a job that is not done. */
  record(id: string): JobRecord | undefined {
    return this.activeJob(id)?.record ?? this.#store.get(id);
  }

  folder(id: string): JobFolder {
    return new JobFolder(this.#jobsPath, id);
  }

  /** Newest first. */
  page(limit: number, before: JobRecord | undefined, filter: Omit<PageRequest, 'limit' | 'before'> = {}): JobRecord[] {
    return this.#store.page({ ...filter, limit, before: before?.seq });
  }

  /** Resolves true when the job is done, false after `ms` or when `signal` is aborted. */
  async finished(id: string, ms: number, signal: AbortSignal): Promise<boolean> {
    const job = this.activeJob(id);
    if (job === undefined) return true;
    const timeout = new AbortController();
    using _timer = this.#options.clock.after(ms, () => timeout.abort());
    return await job.whenFinished.wait(AbortSignal.any([signal, timeout.signal]));
  }

  /** Ends every job with all it started. */
  async cancelAll(): Promise<void> {
    this.drain();
    const jobs = [...this.#active.values()];
    for (const job of jobs) job.cancel();
    await Promise.all(jobs.map((job) => job.finished));
  }

  /** What runs goes on without this server, where it can. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.drain();
    this.#pruner[Symbol.dispose]();
    const endingWithServer = this.#endingWithServer();
    await Promise.all(Object.entries(this.#options.runners).map(([mode, runner]) => this.#closeRunner(mode, runner)));
    const ending = [...this.#active.values()].filter((job) => job.ending);
    await Promise.all([...endingWithServer, ...ending].map((job) => job.finished));
    for (const job of this.#active.values()) job.release();
    this.#sampler[Symbol.dispose]();
    this.#store[Symbol.dispose]();
  }

  /** Takes no jobs, and starts none of those that wait, from now on. */
  drain(): void {
    this.#closed = true;
    this.#slots.close();
  }

  /** The server does not go down after all. */
  resume(): void {
    this.#closed = false;
    this.#slots.open();
  }

  async #closeRunner(mode: string, runner: Runner | undefined): Promise<void> {
    try {
      await runner?.close?.();
    } catch (error) {
      this.#options.log.error('a runner could not be closed: its jobs are ended one by one', {
        mode,
        detail: messageOf(error),
      });
      for (const job of this.#active.values()) if (this.#runnerOf(job) === runner) job.cancel();
    }
  }

  /** Jobs that cannot outlive this server. */
  #endingWithServer(): Job[] {
    return [...this.#active.values()].filter((job) => this.#runnerOf(job).close !== undefined);
  }

  #runnerOf(job: Job): Runner {
    return this.#options.runners[job.record.spec.mode] ?? NO_RUNNER;
  }

  #begin(job: Job): void {
    const runner = this.#runnerOf(job);
    if (runner.takesTurns === true) job.start(runner, (signal) => this.#acquireSlot(job, signal));
    else this.#slots.acquire(job.record, () => job.start(runner));
  }

  #acquireSlot(job: Job, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    this.#slots.acquire(job.record, resolve);
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
    this.#slots.occupy(job.record.id);
    // What it relied on went with the server: a command that takes a folder for granted must not run in another.
    if (waited) return job.start(NEVER_BEGAN);
    const request = { jobId: record.id, spec: record.spec, folder };
    job.resume(await adoptOrLose(runner, request, record.process));
  }

  #take(record: JobRecord, folder: JobFolder, kept?: 'kept-already'): Job {
    const job = new Job(record, folder, {
      clock: this.#options.clock,
      log: this.#options.log,
      warnings: this.#options.warnings,
      changed: (changed) => this.#changed(changed),
    });
    this.#active.set(record.id, job);
    this.#names.take(record);
    if (kept === undefined) this.#kept += 1;
    return job;
  }

  #changed(job: Job): void {
    const { record } = job;
    if (record.outcome === undefined) {
      this.#store.put(record, 0);
      if (record.startedAt !== undefined) this.#sampler.add(record.id, job.folder, record.startedAt);
      return;
    }
    this.#sampler.remove(record.id);
    const outputBytes = outputBytesOf(job);
    this.#store.put(record, attempt([], () => job.folder.weight) ?? 0);
    this.#active.delete(record.id);
    this.#names.release(record);
    this.#slots.release(record.id);
    this.#pruner.jobFinished();
    this.#options.finished?.(record, outputBytes);
  }
}

/** A size that cannot be read counts as nothing: the job is what it is all the same. */
const outputBytesOf = (job: Job): number => attempt([], () => job.folder.outputBytes) ?? 0;
