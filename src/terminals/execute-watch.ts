/** Waits for what happens in a terminal: output, marks, silence, its exit; until a timeout or an abort. */
import type { Clock } from '../core/clock.ts';
import { Notifier } from '../core/notifier.ts';
import type { Mark } from './marks.ts';
import type { Terminal } from './terminal.ts';

/** Silence after which the prompt may be back. */
export const QUIET_MS = 150;
/** Silence after which a prompt that looks different is accepted, and what was typed is taken as read. */
export const LONG_QUIET_MS = 1000;
/** Silence after which a program is assumed to print no prompt (or no marks). */
export const PROMPT_DUE_MS = 3000;

export interface WatchOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Aborted when the caller is gone. */
  readonly signal: AbortSignal;
}

export class Watch implements Disposable {
  readonly #terminal: Terminal;
  readonly #clock: Clock;
  readonly #notifier = new Notifier();
  readonly #over = new AbortController();
  readonly #stack = new DisposableStack();
  #marks: Mark[] = [];

  constructor(terminal: Terminal, { clock, timeoutMs, signal }: WatchOptions) {
    this.#terminal = terminal;
    this.#clock = clock;
    const end = () => this.#over.abort();
    this.#stack.use(clock.after(timeoutMs, end));
    signal.addEventListener('abort', end);
    this.#stack.defer(() => signal.removeEventListener('abort', end));
    if (signal.aborted) end();
    this.#stack.defer(terminal.onOutput(() => this.#notifier.notifyAll()));
    const undoMarks = terminal.marks?.onMark((mark) => this.#marks.push(mark));
    if (undoMarks !== undefined) this.#stack.defer(undoMarks);
    void terminal.exited.then(() => this.#notifier.notifyAll());
  }

  /** Marks since the watch began, or since the last call of `forgetMarks`. */
  get marks(): readonly Mark[] {
    return this.#marks;
  }

  forgetMarks(): void {
    this.#marks = [];
  }

  /** Whether the wait is over: timeout, abort, or the terminal's exit. */
  get over(): boolean {
    return this.#over.signal.aborted || this.#terminal.status === 'exited';
  }

  /** Milliseconds since the last output or input, or since the terminal was made. */
  get quietMs(): number {
    return this.#terminal.idle.quietMs;
  }

  /** Calls `find` after every event, and resolves to what it finds, or to undefined when the wait is over. */
  async until<T>(find: () => T | undefined): Promise<T | undefined> {
    for (;;) {
      const found = find();
      if (found !== undefined || this.over) return found;
      await this.#notifier.wait(this.#over.signal);
    }
  }

  /** Resolves to true when there has been no output for `ms`, to false when the wait is over. */
  async quiet(ms: number): Promise<boolean> {
    for (;;) {
      if (this.over) return false;
      const left = ms - this.quietMs;
      if (left <= 0) return true;
      using _timer = this.#clock.after(left, () => this.#notifier.notifyAll());
      await this.#notifier.wait(this.#over.signal);
    }
  }

  /** Resolves when `holds` does, when there has been no output for `ms`, or when the wait is over. */
  async untilOrQuiet(holds: () => boolean, ms: number): Promise<void> {
    await Promise.race([this.until(() => holds() || undefined), this.quiet(ms)]);
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
    this.#over.abort();
  }
}
