/**
 * What is on its way to a job's stdin: one write after the other, and no more than a bounded amount waiting for a
 * command that does not read.
 */
import type { Running } from './runner.ts';

export type InputRefusal = 'not-running' | 'stdin-closed' | 'stdin-full';

const MAX_WAITING_BYTES = 1024 * 1024;
/** Callers of devpilot-agent give up after ten seconds. */
const TIMEOUT_MS = 2000;

export class InputQueue {
  readonly #run: Running;
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #closed = false;

  constructor(run: Running) {
    this.#run = run;
  }

  /** Resolves when the data is in the job's input pipe; `signal` withdraws it, unless a part of it is there already. */
  async write(data: Uint8Array, signal?: AbortSignal): Promise<InputRefusal | undefined> {
    if (this.#closed) return 'stdin-closed';
    if (this.#waiting > 0 && this.#waiting + data.length > MAX_WAITING_BYTES) return 'stdin-full';
    this.#waiting += data.length;
    const written = this.#tail.then(() => this.#run.write(data, signal));
    // A write that fails rejects for its own caller only; the writes behind it go on.
    this.#tail = written.catch(() => {});
    try {
      const failure = await written;
      return failure === 'process-gone' ? 'not-running' : failure;
    } finally {
      this.#waiting -= data.length;
    }
  }

  /** Like `write`, for data that is of no use later: it is in the pipe within two seconds, or withdrawn. */
  async writeNow(data: Uint8Array): Promise<InputRefusal | undefined> {
    return this.#waiting > 0 ? 'stdin-full' : this.write(data, AbortSignal.timeout(TIMEOUT_MS));
  }

  async close(): Promise<InputRefusal | undefined> {
    if (this.#closed) return 'stdin-closed';
    this.#closed = true;
    await this.#tail;
    try {
      this.#run.closeInput();
    } catch (error) {
      // It is open still, and may be closed by another try.
      this.#closed = false;
      throw error;
    }
    return undefined;
  }
}
