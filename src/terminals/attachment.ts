/**
 * One socket that reads a terminal: a cursor into the scrollback, not a queue.
 *
 *   open ──the sink is full──▶ full ──drained──▶ open
 *     └────────────┴──detached, exit reported, or too slow──▶ gone
 *
 * While the sink is full, only the cursor is kept for it. It is too slow when its next byte is no longer
 * kept, or when the terminal waits for it and it accepts nothing for 30 s.
 */
import type { Clock } from '../core/clock.ts';
import { CLOSE_CODES } from '../core/close-codes.ts';
import type { ForgottenOutput } from './forgotten-output.ts';
import type { Frames } from './frames.ts';
import type { Scrollback } from './scrollback.ts';
import type { Sink } from './sink.ts';
import type { Size } from './size.ts';

export const TIMEOUT_MS = 30_000;

export type InputFailure = 'exited' | 'input-full';

export interface AttachOptions {
  /** Offset of the first byte wanted; default: the oldest kept. Beyond the end: the end. */
  readonly since?: number | undefined;
  /** It receives output, and may neither type nor resize. */
  readonly readonly?: boolean | undefined;
}

/** What a socket holds of its terminal. */
export interface Attachment {
  readonly readonly: boolean;
  /** As `Terminal.input`; refused when read-only. */
  input(data: string): InputFailure | 'readonly' | undefined;
  /** As `Terminal.resize`: the other attachments are informed. Refused when read-only. */
  resize(cols: number, rows: number): 'exited' | 'readonly' | undefined;
  /** The sink has room again. */
  drained(): void;
  /** The socket is closed: nothing more is sent to it. */
  detach(): void;
}

/** What an attachment needs of its terminal. */
export interface AttachedTerminal {
  readonly id: string;
  readonly scrollback: Scrollback;
  readonly forgotten: ForgottenOutput;
  readonly frames: Frames;
  readonly clock: Clock;
  /** Defined once the last output is in the scrollback. */
  exitCode(): number | undefined;
  /** Whether the terminal waits for its readers: the program is paused, or has exited. */
  waits(): boolean;
  input(data: string): InputFailure | undefined;
  resize(cols: number, rows: number, by: Attachment): 'exited' | undefined;
  /** Called when a cursor has advanced. */
  moved(): void;
  left(attachment: Reader): void;
}

type State =
  | { readonly at: 'open' }
  | { readonly at: 'full'; timeout: Disposable; size: Size | undefined }
  | { readonly at: 'gone' };

export class Reader implements Attachment {
  readonly readonly: boolean;
  readonly #terminal: AttachedTerminal;
  readonly #sink: Sink;
  readonly #dropped: number;
  /** Whether what it was sent before ends where this begins. */
  readonly #continues: boolean;
  #cursor: number;
  #state: State = { at: 'open' };

  constructor(terminal: AttachedTerminal, sink: Sink, options: AttachOptions) {
    this.readonly = options.readonly ?? false;
    this.#terminal = terminal;
    this.#sink = sink;
    const { scrollback } = terminal;
    this.#cursor = scrollback.read(options.since ?? scrollback.start, 0).at;
    this.#continues = options.since !== undefined && options.since >= scrollback.start;
    this.#dropped = options.since === undefined ? 0 : Math.max(0, this.#cursor - options.since);
  }

  /** Bytes of output that have not been handed to the sink. */
  get lag(): number {
    return this.#terminal.scrollback.end - this.#cursor;
  }

  /** Sends the `attached` frame, then begins the replay. */
  begin(): void {
    const { id, scrollback, forgotten } = this.#terminal;
    // One that names the oldest byte kept has seen what came before it.
    const state = this.#continues ? '' : forgotten.state;
    const frame = {
      id,
      since: this.#cursor,
      next: scrollback.end,
      dropped: this.#dropped,
      ...(state !== '' && { state }),
    };
    if (!this.#sink.control({ type: 'attached', ...frame })) this.#fill();
    this.advance();
  }

  input(data: string): InputFailure | 'readonly' | undefined {
    return this.readonly ? 'readonly' : this.#terminal.input(data);
  }

  resize(cols: number, rows: number): 'exited' | 'readonly' | undefined {
    return this.readonly ? 'readonly' : this.#terminal.resize(cols, rows, this);
  }

  /** Sends all output the sink accepts. */
  advance(): void {
    const { frames, scrollback } = this.#terminal;
    while (this.#state.at === 'open' && this.#cursor >= scrollback.start) {
      const frame = frames.from(this.#cursor);
      if (frame === undefined) break;
      this.#cursor = frame.next;
      if (!this.#sink.output(frame.text)) this.#fill();
    }
    if (this.#state.at === 'gone') return;
    if (this.#cursor < scrollback.start) this.#cutOff();
    else if (this.#state.at === 'open') this.#reportExit();
  }

  /** Another attachment, or a request, has changed the size. */
  resized(size: Size): void {
    switch (this.#state.at) {
      case 'open':
        if (!this.#sink.control({ type: 'resize', ...size })) this.#fill();
        break;
      case 'full':
        // Only the last one counts: thousands of them must not pile up for a socket that accepts nothing.
        this.#state.size = size;
        break;
      case 'gone':
    }
  }

  drained(): void {
    if (this.#state.at !== 'full') return;
    const { timeout, size } = this.#state;
    timeout[Symbol.dispose]();
    this.#state = { at: 'open' };
    if (size !== undefined) this.resized(size);
    this.advance();
    this.#terminal.moved();
  }

  detach(): void {
    if (this.#state.at === 'gone') return;
    this.#leave();
    this.#terminal.moved();
  }

  #fill(): void {
    // The sink may have detached us from within.
    if (this.#state.at === 'open') this.#state = { at: 'full', timeout: this.#startTimeout(), size: undefined };
  }

  #startTimeout(): Disposable {
    return this.#terminal.clock.after(TIMEOUT_MS, () => {
      if (this.#state.at !== 'full') return;
      if (!this.#terminal.waits()) {
        this.#state.timeout = this.#startTimeout();
        return;
      }
      this.#cutOff();
      this.#terminal.moved();
    });
  }

  #reportExit(): void {
    const exitCode = this.#terminal.exitCode();
    if (exitCode === undefined) return;
    this.#leave();
    this.#sink.control({ type: 'exit', exitCode });
    this.#sink.close(CLOSE_CODES.normal, 'Terminal exited');
  }

  #cutOff(): void {
    this.#leave();
    this.#sink.close(CLOSE_CODES.tryAgainLater, `Too slow; reconnect with since=${this.#cursor}`);
  }

  #leave(): void {
    if (this.#state.at === 'full') this.#state.timeout[Symbol.dispose]();
    this.#state = { at: 'gone' };
    this.#terminal.left(this);
  }
}
