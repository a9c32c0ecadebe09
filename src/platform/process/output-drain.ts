/** Hands output on, and knows when what the program had printed by its end has come through. */
import { sleep } from '../../core/sleep.ts';

/** Without an end of the output, how long it has to be quiet to count as drained. */
const QUIET_MS = 30;
/** When a background program prints without a pause: more than a kernel keeps of a PTY or a pipe, and long enough to read it. */
const MAX_DRAIN_BYTES = 1024 * 1024;
const MAX_DRAIN_MS = 500;

export class OutputDrain {
  readonly #end = Promise.withResolvers<void>();
  #state: 'open' | 'ended' | 'closed' = 'open';
  #bytes = 0;

  output: ((data: Uint8Array) => void) | undefined;

  take(data: Uint8Array): void {
    this.#bytes += data.length;
    if (this.#state !== 'closed') this.output?.(data);
  }

  end(): void {
    this.#state = 'ended';
    this.#end.resolve();
  }

  /**
   * Resolves when what was printed before this call has been handed on. The end of the output says so exactly. It does
   * not come while a background process holds the output open: then a time without any has to do, and one that prints
   * without end is not waited for.
   */
  async drained(): Promise<void> {
    const deadline = performance.now() + MAX_DRAIN_MS;
    const most = this.#bytes + MAX_DRAIN_BYTES;
    for (let before = -1; this.#state === 'open' && before !== this.#bytes;) {
      if (this.#bytes > most || performance.now() > deadline) break;
      before = this.#bytes;
      await Promise.race([this.#end.promise, sleep(QUIET_MS)]);
      // A timer that is late comes before what is there to be read: one more round of the event loop reads it.
      if (this.#state === 'open') await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  /** Nothing is handed on from now on. */
  close(): void {
    this.#state = 'closed';
  }
}
