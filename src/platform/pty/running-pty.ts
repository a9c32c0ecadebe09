/** The life of a terminal, whichever engine has opened it: the states of pty.ts. */
import type { InputAccount } from './input-account.ts';
import type { OutputDrain } from '../process/output-drain.ts';
import type { Pty, PtyTree } from './pty.ts';

/** What an engine does for one terminal. */
export interface EngineTerminal {
  readonly pid: number;
  /** Settles with the exit code. Output may still come, until the drain's `end` is called. */
  readonly exited: Promise<number>;
  write(data: Uint8Array): void;
  resize(cols: number, rows: number): void;
  /** Lets go of the terminal. Called once, after the exit. */
  close(): void;
}

export interface RunningPtyParts {
  readonly terminal: EngineTerminal;
  readonly output: OutputDrain;
  readonly input: InputAccount;
  readonly tree: PtyTree;
}

export class RunningPty implements Pty {
  readonly pid: number;
  readonly exited: Promise<number>;
  readonly #terminal: EngineTerminal;
  readonly #output: OutputDrain;
  readonly #input: InputAccount;
  readonly #tree: PtyTree;
  #state: 'running' | 'draining' | 'closed' = 'running';

  constructor({ terminal, output, input, tree }: RunningPtyParts) {
    this.pid = terminal.pid;
    this.#terminal = terminal;
    this.#output = output;
    this.#input = input;
    this.#tree = tree;
    this.exited = this.#exit();
  }

  listen(output: (data: Uint8Array) => void): void {
    this.#output.output = output;
  }

  write(data: Uint8Array): 'full' | 'gone' | undefined {
    if (this.#state !== 'running') return 'gone';
    if (!this.#input.reserve(data.length)) return 'full';
    this.#terminal.write(data);
    return undefined;
  }

  resize(cols: number, rows: number): void {
    if (this.#state === 'running') this.#terminal.resize(cols, rows);
  }

  pause(): boolean {
    return this.#state === 'running' && this.#tree.setFlow('stop');
  }

  resume(): void {
    if (this.#state === 'running') this.#tree.setFlow('go');
  }

  async endTree(graceMs: number): Promise<void> {
    // While it is paused it could not print anything about its end.
    this.resume();
    await this.#tree.end(graceMs);
  }

  release(): void {
    this.#tree.release();
  }

  async #exit(): Promise<number> {
    const code = await this.#terminal.exited;
    this.#state = 'draining';
    await this.#output.drained();
    this.#output.close();
    this.#state = 'closed';
    // Processes that are left behind in the terminal lose it here, as when a window is closed.
    this.#terminal.close();
    return code;
  }
}
