/** A process that had ended before this server could take it up. Its background may still be there. */
import type { ExitResult, InputFailure, ManagedProcess, ProcessIdentity } from '../process.ts';
import type { JobObject } from './job-object.ts';
import { endJob, endWithoutJob } from './tree.ts';

/** For a process whose identity was never written down: equal to no real one. */
const UNKNOWN: ProcessIdentity = { pid: 0, startTime: '' };

export class GoneProcess implements ManagedProcess {
  readonly identity: ProcessIdentity;
  readonly exited: Promise<ExitResult>;
  readonly #known: boolean;
  #job: JobObject | undefined;

  constructor(identity: ProcessIdentity | undefined, job: JobObject | undefined, result: ExitResult) {
    this.identity = identity ?? UNKNOWN;
    this.#known = identity !== undefined;
    this.#job = job;
    this.exited = Promise.resolve(result);
  }

  async write(): Promise<InputFailure> {
    return 'process-gone';
  }

  closeInput(): void {}

  program(): ProcessIdentity | undefined {
    return this.#known ? this.identity : undefined;
  }

  async signal(): Promise<number> {
    return 0;
  }

  async endTree(): Promise<void> {
    if (this.#job !== undefined) await endJob(this.#job);
    else if (this.#known) await endWithoutJob(this.identity);
  }

  release(): void {
    this.#job?.close();
    this.#job = undefined;
  }
}
