/**
 * What is on its way to a job's stdin: one write after the other, and no more than a bounded amount
 * waiting for a command that does not read.
 */
import type { InputRefusal } from './job.ts';
import type { Running } from './runner.ts';

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

  async write(data: Uint8Array): Promise<InputRefusal | undefined> {
    if (this.#closed) return 'stdin-closed';
    if (this.#waiting > 0 && this.#waiting + data.length > MAX_WAITING_BYTES) return 'stdin-full';
    this.#waiting += data.length;
    const written = this.#tail.then(() => this.#run.write(data));
    this.#tail = written;
    const failure = await written;
    this.#waiting -= data.length;
    return failure === 'process-gone' ? 'not-running' : failure;
  }

  /** Like `write`, for what is worthless later: refused at once where other input waits already. */
  async writeNow(data: Uint8Array): Promise<InputRefusal | undefined> {
    if (this.#waiting > 0) return 'stdin-full';
    return Promise.race([this.write(data), Bun.sleep(TIMEOUT_MS).then(() => 'stdin-full' as const)]);
  }

  async close(): Promise<InputRefusal | undefined> {
    if (this.#closed) return 'stdin-closed';
    this.#closed = true;
    await this.#tail;
    this.#run.closeInput();
    return undefined;
  }
}
