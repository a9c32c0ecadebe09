/**
 * One command from submission to result.
 *
 *   queued ──start──▶ starting ──▶ running ──exit──▶ done
 *      │                 │            │
 *      │                 │            └─timeout/cancel─▶ ending ──tree gone──▶ done
 *      │                 └──refused/cancel──▶ done
 *      └──cancel──▶ done              running ──release──▶ released
 *
 * A job that an earlier server started enters at `running`; one that is left to the next server is `released`, and this
 * server records nothing of it any more.
 *
 * Whatever a runner or the file system throws, the job reaches `done`, and its warnings say what went wrong.
 */
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import { Notifier } from '../core/notifier.ts';
import { attempt, concludeJob, endAll, type Ending } from './conclusion.ts';
import { InputQueue, type InputRefusal } from './input-queue.ts';
import type { EndingBecause, JobFolder } from './folder.ts';
import type { JobRecord } from './record.ts';
import type { AcquireSlot, RunEnd, Runner, RunRefusal, Running } from './runner.ts';

type State =
  | { readonly at: 'queued' }
  | { readonly at: 'starting'; readonly abort: AbortController }
  | { readonly at: 'running'; readonly run: Running; readonly deadline: Disposable; readonly input: InputQueue }
  | { readonly at: 'ending'; readonly run: Running; readonly because: EndingBecause }
  | { readonly at: 'released' }
  | { readonly at: 'done' };

export interface JobPorts {
  readonly clock: Clock;
  readonly log: Log;
  /** The record has changed; called before those who wait are notified. */
  readonly changed: (job: Job) => void;
  /** What is wrong with the machine right now that a finished job should mention. */
  readonly warnings: () => readonly string[];
}

/** `no-process`: jobs of its mode have no process of their own. */
export type SignalRefusal = 'not-started' | 'not-running' | 'no-process';

const NOTES = {
  timeout: 'Command timed out',
  cancel: 'Command cancelled',
  unknown: 'The server was not running when this command ended, and its exit code was not recorded',
  perhapsUnstarted: 'The server was killed while it started this command, and there is no sign that it ran',
  unwatched: 'The server could no longer watch this command',
};

const NO_DEADLINE: Disposable = { [Symbol.dispose]() {} };

/** Of a process whose number an earlier server did not come to write down, and that is not there any more. */
const NO_PID = 0;

/** How the command ended, or why that cannot be known. */
type CommandEnd = RunEnd | { readonly known: false; readonly failure: string };

export class Job {
  #state: State = { at: 'queued' };
  #record: JobRecord;
  /** Started by an earlier server: it may have ended long before this one started. */
  #resumed = false;
  readonly folder: JobFolder;
  readonly #ports: JobPorts;
  /** Notified when the job runs, or is done without having run. */
  readonly whenStarted = new Notifier();
  /** Notified when the job is done. */
  readonly whenFinished = new Notifier();

  constructor(record: JobRecord, folder: JobFolder, ports: JobPorts) {
    this.#record = record;
    this.folder = folder;
    this.#ports = ports;
  }

  get record(): JobRecord {
    return this.#record;
  }

  /** It waits for its start. */
  get pending(): boolean {
    return this.#state.at === 'queued' || this.#state.at === 'starting';
  }

  get done(): boolean {
    return this.#state.at === 'done';
  }

  /** Resolves when the job is done, and never rejects. Who may stop waiting before waits for `whenFinished`. */
  get finished(): Promise<void> {
    return this.done ? Promise.resolve() : new Promise((resolve) => this.whenFinished.once(resolve));
  }

  /** What its mode adds to the record while it runs. */
  get live(): Readonly<Record<string, unknown>> {
    return this.#state.at === 'running' || this.#state.at === 'ending' ? (this.#state.run.live?.() ?? {}) : {};
  }

  get processAlive(): boolean {
    return this.#state.at === 'running' || this.#state.at === 'ending';
  }

  /** `acquireSlot` is for a runner that takes turns; others are started when there is a slot for them. */
  start(runner: Runner, acquireSlot: AcquireSlot = async () => {}): void {
    if (this.#state.at !== 'queued') return;
    const abort = new AbortController();
    this.#state = { at: 'starting', abort };
    try {
      const request = { jobId: this.#record.id, spec: this.#record.spec, folder: this.folder };
      const run = runner.start(request, abort.signal, acquireSlot);
      if (run instanceof Promise) void run.catch(refusalOf).then((settled) => this.#begin(settled));
      else this.#begin(run);
    } catch (error) {
      this.#begin(refusalOf(error));
    }
  }

  /** Goes on with what an earlier server started. */
  resume(run: Running): void {
    if (this.#state.at !== 'queued') return;
    this.#resumed = true;
    const startedAt = this.#record.startedAt ?? attempt([], () => this.folder.startedAt) ?? this.#record.submittedAt;
    this.#enterRunning(run, startedAt);
    const { endingBecause } = this.folder;
    if (endingBecause !== undefined) this.#end(endingBecause);
  }

  /** On its way to the end, which is bounded: a server that stops can wait for it. */
  get ending(): boolean {
    return this.#state.at === 'ending';
  }

  /** Ends the job with everything it started; false when it is done already. */
  cancel(): boolean {
    switch (this.#state.at) {
      case 'queued':
        this.#finish(this.#unbegun);
        return true;
      case 'starting':
        this.#state.abort.abort();
        this.#finish(this.#unbegun);
        return true;
      case 'running':
        this.#end('cancel');
        return true;
      case 'ending':
        return true;
      case 'released':
      case 'done':
        return false;
    }
  }

  /** Resolves when the bytes have reached the job's stdin. */
  async write(data: Uint8Array): Promise<InputRefusal | undefined> {
    return this.#state.at === 'running' ? this.#state.input.write(data) : 'not-running';
  }

  /** Resolves soon: with `stdin-full` where the job does not read what was written before. */
  async nudge(data: Uint8Array): Promise<InputRefusal | undefined> {
    return this.#state.at === 'running' ? this.#state.input.writeNow(data) : 'not-running';
  }

  /** The job reads end of input once it has read all that was written before. */
  async closeInput(): Promise<InputRefusal | undefined> {
    return this.#state.at === 'running' ? this.#state.input.close() : 'not-running';
  }

  /** Resolves to how many processes the signal was sent to. */
  async signal(name: string, target: 'process' | 'tree'): Promise<number | SignalRefusal> {
    switch (this.#state.at) {
      case 'queued':
      case 'starting':
        return 'not-started';
      case 'running':
      case 'ending':
        return this.#state.run.signal?.(name, target) ?? 'no-process';
      case 'released':
      case 'done':
        return 'not-running';
    }
  }

  /** The server goes down and the job stays. */
  release(): void {
    if (this.#state.at !== 'running') return;
    const { run, deadline } = this.#state;
    this.#state = { at: 'released' };
    deadline[Symbol.dispose]();
    try {
      run.release();
    } catch (error) {
      this.#warn('the handles of a job that goes on could not be released', error);
    }
  }

  get #unbegun(): Ending {
    return { exitCode: -1, cancelled: true, note: NOTES.cancel, results: this.#record.spec.unbegun };
  }

  #begin(run: Running | RunRefusal): void {
    if (this.#state.at !== 'starting') {
      // Cancelled while it was being started: what has been started nevertheless is ended.
      if ('ended' in run) void this.#endLate(run);
      return;
    }
    if ('refused' in run) this.#finish({ exitCode: run.exitCode ?? 1, note: run.refused, results: run.results });
    else this.#enterRunning(run, this.#ports.clock.now());
  }

  #enterRunning(run: Running, startedAt: number): void {
    this.#record = { ...this.#record, startedAt, process: run.process };
    const deadline = this.#deadlineOf(startedAt);
    this.#state = { at: 'running', run, deadline, input: new InputQueue(run) };
    this.#ports.changed(this);
    this.whenStarted.notifyAll();
    void run.ended
      .catch((error: unknown): CommandEnd => ({ known: false, failure: messageOf(error) }))
      .then((end) => this.#ended(run, end));
  }

  #deadlineOf(startedAt: number): Disposable {
    const { clock } = this.#ports;
    const { timeoutMs } = this.#record.spec;
    if (timeoutMs === 0) return NO_DEADLINE;
    return clock.after(Math.max(0, startedAt + timeoutMs - clock.now()), () => this.#end('timeout'));
  }

  async #ended(run: Running, end: CommandEnd): Promise<void> {
    if (this.#state.at !== 'running') return;
    this.#state.deadline[Symbol.dispose]();
    const failure = 'failure' in end ? end.failure : undefined;
    // A command that cannot be watched must not run on after its job is done.
    const endsAll = failure !== undefined || this.#record.spec.background === 'end';
    const { warnings } = endsAll ? await endAll(run, 'background') : { warnings: [] };
    if (end.known) this.#finish({ ...end, warnings: [...warnings, ...(end.warnings ?? [])] });
    else if (failure === undefined)
      this.#finish({ exitCode: -1, note: this.#noteOfUnknown(run), always: true, warnings });
    else this.#finish({ exitCode: -1, note: `${NOTES.unwatched}: ${failure}`, always: true, warnings });
  }

  #noteOfUnknown({ process }: Running): string {
    const isSilent = attempt([], () => this.folder.outputBytes) === 0;
    return process?.pid === NO_PID && isSilent ? NOTES.perhapsUnstarted : NOTES.unknown;
  }

  async #endLate(run: Running): Promise<void> {
    run.ended.catch(() => {});
    for (const warning of (await endAll(run, 'cancel')).warnings)
      this.#warn('a job was cancelled while it was started', warning);
  }

  #end(because: EndingBecause): void {
    if (this.#state.at !== 'running') return;
    const { run, deadline } = this.#state;
    deadline[Symbol.dispose]();
    this.#state = { at: 'ending', run, because };
    // Written down first: should this server be killed meanwhile, the next one goes on with it. On a full
    // disk the job is ended all the same.
    attempt([], () => this.folder.noteEnding(because));
    void endAll(run, because).then(({ forced: { exitCode = -1, results, noted = true }, warnings }) =>
      this.#finish({
        exitCode,
        timedOut: because === 'timeout',
        cancelled: because === 'cancel',
        ...(noted && { note: NOTES[because] }),
        results,
        warnings,
      }),
    );
  }

  #finish(ending: Ending): void {
    if (this.#state.at === 'done' || this.#state.at === 'released') return;
    this.#state = { at: 'done' };
    const outcome = concludeJob(this.folder, ending, { ...this.#ports, resumed: this.#resumed });
    this.#record = { ...this.#record, outcome };
    this.#ports.changed(this);
    this.whenStarted.notifyAll();
    this.whenFinished.notifyAll();
  }

  #warn(message: string, error: unknown): void {
    this.#ports.log.warn(message, { job: this.#record.id, detail: messageOf(error) });
  }
}

function refusalOf(error: unknown): RunRefusal {
  return { refused: `the command could not be started: ${messageOf(error)}` };
}
