/**
 * One socket's look at a terminal: a cursor into the scrollback, not a queue.
 *
 *   open ──the sink is full──▶ full ──drained──▶ open
 *     └────────────┴──detached, told of the exit, or too slow──▶ gone
 *
 * While the sink is full nothing is kept for it but its cursor. It is too slow when its next byte is no longer
 * kept, or when the terminal waits for it and it takes nothing for 30 s.
 */
import type { Clock } from '../core/clock.ts';
import { CLOSE_CODES } from '../core/close-codes.ts';
import type { Frames } from './frames.ts';
import type { Scrollback } from './scrollback.ts';
import type { Sink } from './sink.ts';
import type { Size } from './size.ts';

export const TIMEOUT_MS = 30_000;

export type InputFailure = 'exited' | 'input-full';

export interface AttachOptions {
  /** Offset of the first byte wanted; default: the oldest kept. Beyond the end: the end. */
  readonly since?: number | undefined;
  /** It may look, not type. */
  readonly readonly?: boolean | undefined;
}

/** What a socket holds of its terminal. */
export interface Attachment {
  readonly readonly: boolean;
  /** As `Terminal.input`; one that only looks may not. */
  input(data: string): InputFailure | 'readonly' | undefined;
  /** As `Terminal.resize`; the others are told. One that only looks may not. */
  resize(cols: number, rows: number): 'exited' | 'readonly' | undefined;
  /** The sink has room again. */
  drained(): void;
  /** The socket has gone: nothing more is sent to it. */
  detach(): void;
}

/** The terminal as an attachment sees it. */
export interface Watched {
  readonly id: string;
  readonly scrollback: Scrollback;
  readonly frames: Frames;
  readonly clock: Clock;
  /** Known once the last output is in the scrollback. */
  exitCode(): number | undefined;
  /** Somebody waits for the readers: the program is paused, or has exited. */
  waits(): boolean;
  input(data: string): InputFailure | undefined;
  resize(cols: number, rows: number, by: Attachment): 'exited' | undefined;
  /** A cursor has moved on. */
  moved(): void;
  left(attachment: Reader): void;
}

type State =
  | { readonly at: 'open' }
  | { readonly at: 'full'; patience: Disposable; size: Size | undefined }
  | { readonly at: 'gone' };

export class Reader implements Attachment {
  readonly readonly: boolean;
  readonly #terminal: Watched;
  readonly #sink: Sink;
  readonly #dropped: number;
  #cursor: number;
  #state: State = { at: 'open' };

  constructor(terminal: Watched, sink: Sink, options: AttachOptions) {
    this.readonly = options.readonly ?? false;
    this.#terminal = terminal;
    this.#sink = sink;
    const { scrollback } = terminal;
    this.#cursor = scrollback.read(options.since ?? scrollback.start, 0).at;
    this.#dropped = options.since === undefined ? 0 : Math.max(0, this.#cursor - options.since);
  }

  /** Bytes that are there and not handed to the sink. */
  get lag(): number {
    return this.#terminal.scrollback.end - this.#cursor;
  }

  /** Says where the replay begins, and begins it. */
  begin(): void {
    const { id, scrollback } = this.#terminal;
    const frame = { id, since: this.#cursor, next: scrollback.end, dropped: this.#dropped };
    if (!this.#sink.control({ type: 'attached', ...frame })) this.#fill();
    this.advance();
  }

  input(data: string): InputFailure | 'readonly' | undefined {
    return this.readonly ? 'readonly' : this.#terminal.input(data);
  }

  resize(cols: number, rows: number): 'exited' | 'readonly' | undefined {
    return this.readonly ? 'readonly' : this.#terminal.resize(cols, rows, this);
  }

  /** Sends what there is to send, as far as the sink takes it. */
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
    else if (this.#state.at === 'open') this.#tellExit();
  }

  /** Another attachment, or a request, has changed the size. */
  resized(size: Size): void {
    switch (this.#state.at) {
      case 'open':
        if (!this.#sink.control({ type: 'resize', ...size })) this.#fill();
        break;
      case 'full':
        // Only the last one counts: ten thousand of them must not wait in a socket that takes nothing.
        this.#state.size = size;
        break;
      case 'gone':
    }
  }

  drained(): void {
    if (this.#state.at !== 'full') return;
    const { patience, size } = this.#state;
    patience[Symbol.dispose]();
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
    if (this.#state.at === 'open') this.#state = { at: 'full', patience: this.#beginPatience(), size: undefined };
  }

  #beginPatience(): Disposable {
    return this.#terminal.clock.after(TIMEOUT_MS, () => {
      if (this.#state.at !== 'full') return;
      if (!this.#terminal.waits()) {
        this.#state.patience = this.#beginPatience();
        return;
      }
      this.#cutOff();
      this.#terminal.moved();
    });
  }

  #tellExit(): void {
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
    if (this.#state.at === 'full') this.#state.patience[Symbol.dispose]();
    this.#state = { at: 'gone' };
    this.#terminal.left(this);
  }
}
