/** What happens in a terminal while somebody waits for it: output, marks, silence, its end, and the end of patience. */
import type { Clock } from '../core/clock.ts';
import { Notifier } from '../core/notifier.ts';
import type { Mark } from './marks.ts';
import type { Terminal } from './terminal.ts';

export interface WatchOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Aborted when nobody waits any more. */
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

  /** Marks that have come since the watch began, or since they were last forgotten. */
  get marks(): readonly Mark[] {
    return this.#marks;
  }

  forgetMarks(): void {
    this.#marks = [];
  }

  /** Whether nothing more will come that is worth waiting for. */
  get over(): boolean {
    return this.#over.signal.aborted || this.#terminal.status === 'exited';
  }

  /** Milliseconds since the last output, or since the terminal was made. */
  get quietMs(): number {
    return this.#clock.now() - (this.#terminal.lastOutputAt ?? this.#terminal.createdAt);
  }

  /** Resolves to what `look` finds after whatever happens, or to undefined when it is over. */
  async until<T>(look: () => T | undefined): Promise<T | undefined> {
    for (;;) {
      const found = look();
      if (found !== undefined || this.over) return found;
      await this.#notifier.wait(this.#over.signal);
    }
  }

  /** Resolves to true when there has been no output for so long, to false when it is over. */
  async quiet(ms: number): Promise<boolean> {
    for (;;) {
      if (this.over) return false;
      const left = ms - this.quietMs;
      if (left <= 0) return true;
      using _timer = this.#clock.after(left, () => this.#notifier.notifyAll());
      await this.#notifier.wait(this.#over.signal);
    }
  }

  /** Resolves when `look` says so, when there has been no output for so long, or when it is over. */
  async untilOrQuiet(look: () => boolean, ms: number): Promise<void> {
    await Promise.race([this.until(() => look() || undefined), this.quiet(ms)]);
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
    this.#over.abort();
  }
}
