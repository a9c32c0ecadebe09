/** The jobs room without processes: a runner whose commands end when the test says so, on a clock of its own. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { silentLog, type Log } from '../../src/core/log.ts';
import { JobManager, type JobManagerOptions } from '../../src/jobs/manager.ts';
import type { JobFolder } from '../../src/jobs/folder.ts';
import type { JobSpec } from '../../src/jobs/record.ts';
import type { InputFailure, RunEnd, Runner, RunRefusal, Running, RunRequest } from '../../src/jobs/runner.ts';
import { FakeClock, Sandbox } from '../support/sandbox.ts';

export const spec = (more: Partial<JobSpec> = {}): JobSpec => ({
  mode: 'shell',
  command: 'true',
  timeoutMs: 300_000,
  background: 'keep',
  plan: {},
  labels: {},
  ...more,
});

/** One command of the fake runner. */
export class FakeRun implements Running {
  readonly folder: JobFolder;
  readonly process: { readonly pid: number; readonly startTime: string };
  readonly #ended = Promise.withResolvers<RunEnd>();
  readonly written: string[];
  readonly endings: string[];
  inputClosed = false;
  released = false;
  isOver = false;
  /** Calls that fail the next time, each once. */
  readonly #faults: Set<string>;

  constructor(folder: JobFolder, faults: Set<string>, before?: FakeRun, process = { pid: 1, startTime: 'then' }) {
    this.process = process;
    this.folder = folder;
    this.#faults = faults;
    this.written = before?.written ?? [];
    this.endings = before?.endings ?? [];
    this.inputClosed = before?.inputClosed ?? false;
  }

  get ended(): Promise<RunEnd> {
    return this.#ended.promise;
  }

  print(text: string | Uint8Array, stream: 'stdout' | 'stderr' = 'stdout'): void {
    appendFileSync(this.folder.output(stream), text);
  }

  /** The command ends by itself, and its shell notes the code. */
  exit(exitCode: number): void {
    this.isOver = true;
    writeFileSync(this.folder.exit, `${exitCode}\n`);
    this.#ended.resolve({ known: true, exitCode });
  }

  /** The command ends without a trace, as by a `kill -9`, or with nobody there to see it. */
  vanish(end: RunEnd = { known: false }): void {
    this.isOver = true;
    this.#ended.resolve(end);
  }

  /** Its end cannot be watched any more. */
  lose(error: Error): void {
    this.#ended.reject(error);
  }

  async write(data: Uint8Array, _signal?: AbortSignal): Promise<InputFailure | undefined> {
    this.#mayFail('write');
    if (this.isOver) return 'process-gone';
    this.written.push(new TextDecoder().decode(data));
    return undefined;
  }

  closeInput(): void {
    this.#mayFail('closeInput');
    this.inputClosed = true;
  }

  async end(because: 'timeout' | 'cancel' | 'background'): Promise<void> {
    this.#mayFail('end');
    this.endings.push(because);
    this.vanish({ known: true, exitCode: 143 });
  }

  release(): void {
    this.#mayFail('release');
    this.released = true;
  }

  #mayFail(call: string): void {
    if (this.#faults.delete(call)) throw new Error(`${call}: too many open files`);
  }
}

export class FakeRunner implements Runner {
  /** Every command started or taken up, by job id. */
  readonly runs = new Map<string, FakeRun>();
  refuse: string | undefined;
  /** Calls of runs, or `adopt`, that fail the next time, each once. */
  readonly faults = new Set<string>();

  start({ jobId, folder }: RunRequest): Running | RunRefusal {
    if (this.refuse !== undefined) return { refused: this.refuse };
    for (const stream of ['stdout', 'stderr'] as const) writeFileSync(folder.output(stream), '');
    const run = new FakeRun(folder, this.faults);
    this.runs.set(jobId, run);
    return run;
  }

  /** The processes are still what they were: the next server finds them as the last one left them. */
  async adopt({ jobId, folder }: RunRequest): Promise<Running> {
    if (this.faults.delete('adopt')) throw new Error('adopt: too many open files');
    const before = this.runs.get(jobId);
    if (before !== undefined && !before.isOver) {
      before.released = false;
      return before;
    }
    const gone = new FakeRun(folder, this.faults, before);
    const code = Number(
      await Bun.file(folder.exit)
        .text()
        .catch(() => 'NaN'),
    );
    gone.vanish(Number.isNaN(code) ? { known: false } : { known: true, exitCode: code });
    return gone;
  }

  run(id: string): FakeRun {
    const run = this.runs.get(id);
    if (run === undefined) throw new Error(`job ${id} was never started`);
    return run;
  }
}

/** A data folder, and the managers that come and go over it. */
export class World implements AsyncDisposable {
  readonly box = new Sandbox();
  readonly clock = new FakeClock();
  readonly runner = new FakeRunner();
  readonly log: string[] = [];
  #jobs: JobManager | undefined;

  static async open(options: Partial<JobManagerOptions> = {}): Promise<World> {
    const world = new World();
    await world.start(options);
    return world;
  }

  get jobs(): JobManager {
    if (this.#jobs === undefined) throw new Error('no manager is open');
    return this.#jobs;
  }

  async start(options: Partial<JobManagerOptions> = {}): Promise<JobManager> {
    const note = (level: string) => (message: string) => void this.log.push(`${level}: ${message}`);
    const log: Log = { ...silentLog, info: note('info'), warn: note('warn'), error: note('error') };
    this.#jobs = await JobManager.open({
      dataPath: this.box.path,
      maxRunning: 1000,
      keep: { jobs: 1000, bytes: 1_000_000_000 },
      runners: { shell: this.runner },
      clock: this.clock,
      log,
      warnings: () => [],
      ...options,
    });
    return this.#jobs;
  }

  submit(more: Partial<JobSpec> = {}): string {
    const submitted = this.jobs.submit(spec(more));
    if (!submitted.ok) throw new Error(submitted.failure.reason);
    return submitted.value;
  }

  /** A file of a job's folder, also while no manager is open. */
  jobsFile(id: string, name: string): string {
    return this.box.file('jobs', id, name);
  }

  async stop(): Promise<void> {
    await this.#jobs?.[Symbol.asyncDispose]();
    this.#jobs = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    this.box[Symbol.dispose]();
  }
}
