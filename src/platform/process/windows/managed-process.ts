/**
 * One shell and its tree, seen through a process handle and a Job Object.
 *
 *   running ──the shell ends──▶ ended ──release──▶ released
 *      └──────────────release──────────────────────────▲
 *
 * The job stays open after the end: what the shell left in the background can still be ended with it.
 */
import type { ExitResult, InputFailure, ManagedProcess, ProcessIdentity, SignalTarget } from '../process.ts';
import type { ExitWatch } from './exit-watch.ts';
import { closeHandle, type Handle } from '../../api/windows/handle.ts';
import type { InputPipe } from '../../pipes/windows/input-pipe.ts';
import type { JobObject } from './job-object.ts';
import { exitCodeOf, hasEnded, terminate } from './process-handle.ts';
import { endJob, endWithoutJob } from './tree.ts';
import type { ExitRecorderLink } from './exit-recorder-link.ts';
import type { SendBreak } from './signals.ts';

interface Parts {
  readonly identity: ProcessIdentity;
  readonly handle: Handle;
  /** Undefined when it could not be opened any more. */
  readonly job: JobObject | undefined;
  /** Undefined for one that reads end of input, and for an adopted process: its pipe ended with the server that made it. */
  readonly input: InputPipe | undefined;
}

/** Where the exit code is written should the server not see the end. */
interface Report {
  readonly link: ExitRecorderLink;
  readonly exitPath: string;
  readonly sendBreak: SendBreak;
}

export class WindowsProcess implements ManagedProcess {
  readonly identity: ProcessIdentity;
  readonly exited: Promise<ExitResult>;
  readonly #parts: Parts;
  readonly #watch: ExitWatch;
  readonly #exitRecorder: ExitRecorderLink | undefined;
  readonly #sendBreak: SendBreak | undefined;
  readonly #settle: (exit: ExitResult) => void;
  #state: 'running' | 'ended' | 'released' = 'running';

  /** Without a report for a process that ends with the server. */
  constructor(parts: Parts, watch: ExitWatch, report?: Report) {
    this.identity = parts.identity;
    this.#parts = parts;
    this.#watch = watch;
    this.#exitRecorder = report?.link;
    this.#sendBreak = report?.sendBreak;
    const { promise, resolve } = Promise.withResolvers<ExitResult>();
    this.exited = promise;
    this.#settle = resolve;
    report?.link.watch(parts.handle, report.exitPath);
    watch.add(parts.handle, () => this.#end());
  }

  async write(data: Uint8Array, signal?: AbortSignal): Promise<InputFailure | undefined> {
    if (this.#state !== 'running') return 'process-gone';
    if (await this.#parts.input?.write(data, 0, signal)) return undefined;
    if (this.#gone()) return 'process-gone';
    return signal?.aborted === true ? 'stdin-full' : 'stdin-closed';
  }

  closeInput(): void {
    this.#parts.input?.close();
  }

  program(): ProcessIdentity {
    return this.identity;
  }

  async signal(name: string, target: SignalTarget): Promise<number> {
    if (this.#gone()) return 0;
    if (name === 'SIGINT') return (await this.#sendBreak?.(this.identity.pid)) === true ? 1 : 0;
    const { job, handle } = this.#parts;
    if (target === 'process' || job === undefined) {
      terminate(handle);
      return 1;
    }
    const all = job.activeProcesses();
    job.terminate();
    return all;
  }

  /** Windows has no SIGTERM that a console program could be asked with, so there is no grace to wait for. */
  async endTree(): Promise<void> {
    if (this.#parts.job === undefined || this.#state === 'released') await endWithoutJob(this.identity);
    else await endJob(this.#parts.job);
  }

  /** `exited` does not settle after this when the process is still running. */
  release(): void {
    if (this.#state === 'released') return;
    // It may have ended since the last look at it: `exited` must settle then.
    if (this.#state === 'running' && hasEnded(this.#parts.handle)) this.#end();
    if (this.#state === 'running') this.#closeHandles('released');
    this.#state = 'released';
    this.#parts.job?.close();
  }

  #end(): void {
    const code = exitCodeOf(this.#parts.handle);
    this.#closeHandles('ended');
    this.#settle(code === undefined ? { known: false } : { known: true, code });
  }

  #gone(): boolean {
    // Looked at now: the next look of the watch may be 50 ms away.
    return this.#state !== 'running' || hasEnded(this.#parts.handle);
  }

  #closeHandles(next: 'ended' | 'released'): void {
    this.#state = next;
    this.#parts.input?.abandon();
    this.#watch.remove(this.#parts.handle);
    if (next === 'ended') this.#exitRecorder?.forget(this.#parts.handle);
    else this.#exitRecorder?.leave(this.#parts.handle);
    closeHandle(this.#parts.handle);
  }
}
