/**
 * One command from submission to result.
 *
 *   queued ──start──▶ starting ──▶ running ──exit──▶ done
 *      │                 │            │
 *      │                 │            └─timeout/cancel─▶ ending ──tree gone──▶ done
 *      │                 └──refused/cancel──▶ done
 *      └──cancel──▶ done              running ──release──▶ released
 *
 * A job that an earlier server started enters at `running`; one that is left to the next server is
 * `released`, and nothing that happens to it is this server's to note any more.
 */
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/failure.ts';
import { InputQueue } from './input-queue.ts';
import type { EndingBecause, JobFolder } from './folder.ts';
import type { JobOutcome, JobRecord } from './record.ts';
import type { AcquireSlot, RunEnd, Runner, RunRefusal, Running } from './runner.ts';

type State =
  | { readonly at: 'queued' }
  | { readonly at: 'starting'; readonly abort: AbortController }
  | { readonly at: 'running'; readonly run: Running; readonly deadline: Disposable; readonly input: InputQueue }
  | { readonly at: 'ending'; readonly run: Running; readonly because: EndingBecause }
  | { readonly at: 'released' }
  | { readonly at: 'done' };

export type InputRefusal = 'not-running' | 'stdin-closed' | 'stdin-full';

export interface JobPorts {
  readonly clock: Clock;
  /** The record has changed; called before anybody who waits is told. */
  readonly changed: (job: Job) => void;
  /** What is wrong with the machine right now that a finished job should mention. */
  readonly warnings: () => readonly string[];
}

const NOTES = {
  timeout: 'Command timed out',
  cancel: 'Command cancelled',
  unknown: 'The server was not there when this command ended, and its exit code was not recorded',
};

export class Job {
  #state: State = { at: 'queued' };
  #record: JobRecord;
  /** Started by an earlier server: it may have ended long before we looked. */
  #resumed = false;
  readonly folder: JobFolder;
  readonly #ports: JobPorts;
  readonly #started = Promise.withResolvers<void>();
  readonly #finished = Promise.withResolvers<void>();

  constructor(record: JobRecord, folder: JobFolder, ports: JobPorts) {
    this.#record = record;
    this.folder = folder;
    this.#ports = ports;
  }

  get record(): JobRecord {
    return this.#record;
  }

  /** Resolves when the job is done, and never rejects. */
  get finished(): Promise<void> {
    return this.#finished.promise;
  }

  /** Resolves when the job runs or is done. */
  get started(): Promise<void> {
    return this.#started.promise;
  }

  get processAlive(): boolean {
    return this.#state.at === 'running' || this.#state.at === 'ending';
  }

  /** `place` is for a runner that takes turns; others are started when there is one. */
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
    this.#enterRunning(run, this.#record.startedAt ?? this.folder.startedAt ?? this.#record.submittedAt);
    const { endingBecause } = this.folder;
    if (endingBecause !== undefined) this.#end(endingBecause);
  }

  /** On its way to the end, which is bounded: worth waiting for on the way down. */
  get ending(): boolean {
    return this.#state.at === 'ending';
  }

  /** Ends the job with everything it started; false when it is done already. */
  cancel(): boolean {
    switch (this.#state.at) {
      case 'queued':
        this.#finish({ exitCode: -1, cancelled: true, note: NOTES.cancel });
        return true;
      case 'starting':
        this.#state.abort.abort();
        this.#finish({ exitCode: -1, cancelled: true, note: NOTES.cancel });
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

  /** The server goes down and the job stays. */
  release(): void {
    if (this.#state.at !== 'running') return;
    const { run, deadline } = this.#state;
    this.#state = { at: 'released' };
    deadline[Symbol.dispose]();
    run.release();
  }

  #begin(run: Running | RunRefusal): void {
    if (this.#state.at !== 'starting') {
      // Cancelled while it was being started: what has come up nevertheless goes again.
      if ('ended' in run) void run.end('cancel');
      return;
    }
    if ('refused' in run) this.#finish({ exitCode: 1, note: run.refused });
    else this.#enterRunning(run, this.#ports.clock.now());
  }

  #enterRunning(run: Running, startedAt: number): void {
    this.#record = { ...this.#record, startedAt, process: run.process };
    const left = startedAt + this.#record.spec.timeoutMs - this.#ports.clock.now();
    const deadline = this.#ports.clock.after(Math.max(0, left), () => this.#end('timeout'));
    this.#state = { at: 'running', run, deadline, input: new InputQueue(run) };
    this.#ports.changed(this);
    this.#started.resolve();
    void run.ended.then((end) => this.#ended(run, end));
  }

  async #ended(run: Running, end: RunEnd): Promise<void> {
    if (this.#state.at !== 'running') return;
    this.#state.deadline[Symbol.dispose]();
    if (this.#record.spec.background === 'end') await run.end('background');
    if (end.known) this.#finish({ exitCode: end.exitCode, results: end.results });
    else this.#finish({ exitCode: -1, note: NOTES.unknown, always: true });
  }

  #end(because: EndingBecause): void {
    if (this.#state.at !== 'running') return;
    const { run, deadline } = this.#state;
    deadline[Symbol.dispose]();
    this.#state = { at: 'ending', run, because };
    // Written down first: should this server be killed meanwhile, the next one goes on with it. On a full
    // disk the job is ended all the same.
    attempt([], () => this.folder.noteEnding(because));
    void run.end(because).then(() => {
      this.#finish({
        exitCode: -1,
        timedOut: because === 'timeout',
        cancelled: because === 'cancel',
        note: NOTES[because],
      });
    });
  }

  #finish(end: {
    exitCode: number;
    timedOut?: boolean;
    cancelled?: boolean;
    note?: string;
    /** The note is told even when the command has written to stderr itself. */
    always?: boolean;
    results?: JobOutcome['results'] | undefined;
  }): void {
    if (this.#state.at === 'done' || this.#state.at === 'released') return;
    this.#state = { at: 'done' };
    const { exitCode, timedOut = false, cancelled = false, note, always = false, results = {} } = end;
    const warnings = [...this.#ports.warnings()];
    if (note !== undefined && (always || this.folder.outputStat('stderr').bytes === 0)) {
      attempt(warnings, () => this.folder.appendNote(note));
    }
    const finishedAt = (this.#resumed ? this.folder.exitedAt : undefined) ?? this.#ports.clock.now();
    const outcome: JobOutcome = { exitCode, timedOut, cancelled, finishedAt, warnings, results };
    // The shell's own exit file says it all for a command that simply ended; one that was killed could write none.
    const told =
      note === undefined &&
      warnings.length === 0 &&
      Object.keys(results).length === 0 &&
      this.folder.exitCode === exitCode;
    if (!told) attempt(warnings, () => this.folder.saveOutcome(outcome));
    this.#record = { ...this.#record, outcome };
    this.#ports.changed(this);
    this.#started.resolve();
    this.#finished.resolve();
  }
}

function refusalOf(error: unknown): RunRefusal {
  return { refused: messageOf(error) };
}

function attempt(warnings: string[], action: () => void): void {
  try {
    action();
  } catch (error) {
    warnings.push(messageOf(error));
  }
}
