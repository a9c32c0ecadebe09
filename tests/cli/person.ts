/** A person at a terminal of their own, who types a command line and reads what it prints. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '../support/wait.ts';
import { MAIN, type World } from './world.ts';

export interface PersonOptions {
  readonly args: readonly string[];
  readonly cols?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs its arguments and prints their exit code; saves the settings of the terminal before and after. Ctrl-C is for the
 * command line, as with an interactive shell around it.
 */
const SCRIPT = 'trap : INT; dir=$1; shift; stty -a >"$dir/before"; "$@"; echo "[exit $?]"; stty -a >"$dir/after"';

export class Person implements AsyncDisposable {
  readonly process: Bun.Subprocess;
  readonly #folder: string;
  readonly #decoder = new TextDecoder();
  #seen = '';

  constructor(world: World, { args, cols = 80, rows = 24, env }: PersonOptions) {
    this.#folder = world.folder;
    this.process = Bun.spawn(['sh', '-c', SCRIPT, 'sh', world.folder, process.execPath, MAIN, ...args], {
      cwd: world.folder,
      env: { ...world.env, TERM: 'xterm-256color', ...env },
      terminal: { cols, rows, data: (_, data) => void (this.#seen += this.#decoder.decode(data, { stream: true })) },
    });
  }

  /** All that came to the screen. */
  get seen(): string {
    return this.#seen;
  }

  types(text: string): void {
    this.process.terminal?.write(text);
  }

  resizes(cols: number, rows: number): void {
    this.process.terminal?.resize(cols, rows);
  }

  async sees(text: string | RegExp): Promise<void> {
    await waitFor(`${String(text)} in ${JSON.stringify(this.#seen.slice(-2000))}`, () =>
      typeof text === 'string' ? this.#seen.includes(text) : text.test(this.#seen),
    );
  }

  /** Types something, and waits for new output that matches. */
  async answers(typed: string, answer: string | RegExp): Promise<void> {
    this.#seen = '';
    this.types(typed);
    await this.sees(answer);
  }

  /** Resolves to the exit code of the command line. */
  async done(): Promise<number> {
    await this.sees(/\[exit \d+\]/);
    await this.process.exited;
    return Number(/\[exit (\d+)\]/.exec(this.#seen)?.[1]);
  }

  /** The settings of the terminal. */
  stty(when: 'before' | 'after'): string {
    return readFileSync(join(this.#folder, when), 'utf8');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // As when a window is closed.
    this.process.terminal?.close();
    if (this.process.exitCode === null) this.process.kill('SIGKILL');
    await this.process.exited;
  }
}
