/**
 * Stops a program that prints faster than its output is processed, so that the event loop gets its turn: for an engine that
 * reads for as long as there is something to read.
 *
 *   reading ──more than MAX_BYTES in one turn of the event loop──▶ stopped ──the next turn──▶ reading
 */
import type { PtyTree } from './pty.ts';

const MAX_BYTES = 256 * 1024;

export class ReadingLimit implements PtyTree {
  readonly #tree: PtyTree;
  #bytes = 0;
  #stopped = false;
  /** The flow that the terminal's owner has asked for. */
  #wanted: 'stop' | 'go' = 'go';

  constructor(tree: PtyTree) {
    this.#tree = tree;
    // Finds the terminal's device while its program is there: it is needed after the exit too.
    tree.setFlow('go');
  }

  hasRead(bytes: number): void {
    if (this.#bytes === 0) setImmediate(() => this.#nextTurn());
    this.#bytes += bytes;
    if (this.#bytes > MAX_BYTES && !this.#stopped) this.#stopped = this.#tree.setFlow('stop');
  }

  setFlow(flow: 'stop' | 'go'): boolean {
    this.#wanted = flow;
    return this.#stopped || this.#tree.setFlow(flow);
  }

  mend(output: Uint8Array): Uint8Array {
    return this.#tree.mend(output);
  }

  inputTaken(): boolean {
    return this.#tree.inputTaken();
  }

  async end(graceMs: number): Promise<void> {
    await this.#tree.end(graceMs);
  }

  release(): void {
    this.#tree.release();
  }

  #nextTurn(): void {
    this.#bytes = 0;
    if (!this.#stopped) return;
    this.#stopped = false;
    if (this.#wanted === 'go') this.#tree.setFlow('go');
  }
}
