/**
 * A shell in a PTY that outlives the sockets attached to it.
 *
 *   running ──the shell exits──▶ exited
 *    ▲ └──end──▶ ending ──its tree is gone──▶ exited
 *    └──────────────┘ could not be ended
 *
 * Output: PTY → whole UTF-8 → listeners → scrollback → attachments. All offsets count bytes of that UTF-8.
 */
import type { Clock } from '../core/clock.ts';
import type { Pty } from '../platform/pty/pty.ts';
import { type AttachedTerminal, type Attachment, type AttachOptions, type InputFailure, Reader } from './attachment.ts';
import { ForgottenOutput } from './forgotten-output.ts';
import { Frames } from './frames.ts';
import { IdleTime } from './idle-time.ts';
import { Notifier } from '../core/notifier.ts';
import type { Marks } from './marks.ts';
import { OutputText } from './output-text.ts';
import { Pace } from './pace.ts';
import { Scrollback } from './scrollback.ts';
import type { Sink } from './sink.ts';
import { clampSize, type Size } from './size.ts';
import { followReading, TypedInput } from './typed-input.ts';
import { decodeUtf8, lengthOfWhole } from '../core/utf8.ts';

export const SCROLLBACK_BYTES = 1024 * 1024;
/** Appended at once: an attachment that keeps up must never find its next byte gone. */
const APPEND_BYTES = 64 * 1024;

const encoder = new TextEncoder();

export type TerminalStatus = 'running' | 'exited';
/** `kept`: until it is deleted. `socket`: as long as the socket that opened it. */
export type TerminalKind = 'kept' | 'socket';

type State =
  | { readonly at: 'running' }
  | { readonly at: 'ending'; readonly gone: Promise<void> }
  | { readonly at: 'exited'; readonly exitCode: number };

export interface TerminalStart {
  /** 12 hex digits. */
  readonly id: string;
  readonly name: string | undefined;
  readonly kind: TerminalKind;
  /** The program, as asked for or chosen. */
  readonly shell: string;
  readonly size: Size;
  readonly clock: Clock;
  /** Just opened: it has no listener yet. */
  readonly pty: Pty;
  /** Where the shell marks its prompts and commands. */
  readonly marks?: Marks | undefined;
}

export interface OutputPiece {
  readonly data: string;
  /** Offset behind `data`: the next `since`. */
  readonly next: number;
  /** Bytes after `since` that are no longer kept. */
  readonly dropped: number;
  /** What leads `data` where what came before it is no longer kept: escape sequences, see ForgottenOutput. */
  readonly state?: string;
}

export class Terminal {
  readonly id: string;
  readonly name: string | undefined;
  readonly kind: TerminalKind;
  readonly shell: string;
  /** Unix time in milliseconds, as all times here. */
  readonly createdAt: number;
  /** Where its prompts and commands are; undefined for a shell without marks. */
  readonly marks: Marks | undefined;
  /** What is typed and not read yet. */
  readonly typed = new TypedInput();
  /** Settles with the exit code when the last output is in the scrollback. Never rejects. */
  readonly exited: Promise<number>;
  readonly #clock: Clock;
  readonly #pty: Pty;
  readonly #pace: Pace;
  readonly #text = new OutputText();
  readonly #forgotten = new ForgottenOutput();
  readonly #scrollback = new Scrollback(SCROLLBACK_BYTES, (bytes) => this.#forgotten.take(bytes));
  readonly #frames = new Frames(this.#scrollback);
  readonly #notifier = new Notifier();
  readonly #readers = new Set<Reader>();
  readonly #outputListeners = new Set<(text: Uint8Array) => void>();
  readonly #resizeListeners = new Set<(cols: number, rows: number) => void>();
  readonly idle: IdleTime;
  #state: State = { at: 'running' };
  #size: Size;
  #lastInputAt: number | undefined;
  #lastOutputAt: number | undefined;

  constructor({ id, name, kind, shell, size, clock, pty, marks }: TerminalStart) {
    this.id = id;
    this.name = name;
    this.kind = kind;
    this.shell = shell;
    this.#size = size;
    this.#clock = clock;
    this.createdAt = clock.now();
    this.idle = new IdleTime(clock, () => this.#readers.size > 0);
    this.#pty = pty;
    this.marks = marks;
    if (marks !== undefined) {
      this.onOutput((text) => marks.feed(text));
      followReading(marks, this.typed);
    }
    this.#pace = new Pace(pty);
    this.exited = pty.exited.then((code) => this.#exit(code));
    pty.listen((data) => this.#take(this.#text.take(data)));
  }

  get pid(): number {
    return this.#pty.pid;
  }

  get cols(): number {
    return this.#size.cols;
  }

  get rows(): number {
    return this.#size.rows;
  }

  get lastInputAt(): number | undefined {
    return this.#lastInputAt;
  }

  get lastOutputAt(): number | undefined {
    return this.#lastOutputAt;
  }

  /** Number of attachments. */
  get attached(): number {
    return this.#readers.size;
  }

  /** Bytes of output so far. */
  get bytes(): number {
    return this.#scrollback.end;
  }

  get status(): TerminalStatus {
    return this.#state.at === 'exited' ? 'exited' : 'running';
  }

  get exitCode(): number | undefined {
    return this.#state.at === 'exited' ? this.#state.exitCode : undefined;
  }

  /** Undefined: accepted. `input-full`: a mebibyte of input is unread, and nothing of `data` was accepted. */
  input(data: string): InputFailure | undefined {
    if (this.#state.at === 'exited') return 'exited';
    const failure = this.#pty.write(encoder.encode(data));
    if (failure === 'gone') return 'exited';
    if (failure === 'full') return 'input-full';
    this.#lastInputAt = this.#clock.now();
    this.idle.stir();
    this.typed.type(data, this.bytes);
    return undefined;
  }

  /** Clamped to 10–500 × 2–200. All attachments but the one that asked are informed. */
  resize(cols: number, rows: number, by?: Attachment): 'exited' | undefined {
    if (this.#state.at === 'exited') return 'exited';
    const size = clampSize(cols, rows, this.#size);
    if (size.cols === this.cols && size.rows === this.rows) return undefined;
    this.#size = size;
    this.#pty.resize(size.cols, size.rows);
    this.#forgotten.resized(this.bytes);
    for (const listener of this.#resizeListeners) listener(size.cols, size.rows);
    for (const reader of this.#readers) if (reader !== by) reader.resized(size);
    return undefined;
  }

  /** From `since` (default: the oldest kept; beyond the end: the end), at most `limit` bytes, 4 at least. */
  read(since?: number, limit: number = SCROLLBACK_BYTES): OutputPiece {
    const { start } = this.#scrollback;
    const { bytes, at, next } = this.#scrollback.read(since ?? start, limit);
    const piece = { data: decodeUtf8(bytes), next, dropped: since === undefined ? 0 : Math.max(0, at - since) };
    const state = since !== undefined && since >= start ? '' : this.#forgotten.state;
    return { ...piece, ...(state !== '' && { state }) };
  }

  /** Resolves when there is output beyond `since`, the terminal has exited, or `signal` is aborted. */
  async waitForOutput(since: number, signal: AbortSignal): Promise<void> {
    const from = Math.min(since, this.bytes);
    while (this.bytes <= from && this.status === 'running' && !signal.aborted) await this.#notifier.wait(signal);
  }

  /** Replays from `since` (default: the oldest kept), then goes on live. */
  attach(sink: Sink, options: AttachOptions = {}): Attachment {
    const reader = new Reader(this.#forReader(), sink, options);
    this.#readers.add(reader);
    reader.begin();
    this.#follow();
    return reader;
  }

  /** Every chunk of the output, in order, before the attachments get it. Returns the undo. */
  onOutput(listener: (text: Uint8Array) => void): () => void {
    this.#outputListeners.add(listener);
    return () => void this.#outputListeners.delete(listener);
  }

  onResize(listener: (cols: number, rows: number) => void): () => void {
    this.#resizeListeners.add(listener);
    return () => void this.#resizeListeners.delete(listener);
  }

  /**
   * Ends everything that was started in it, also what an exited shell has left in the background. Where that rejects it
   * may be tried again.
   */
  async end(graceMs: number): Promise<void> {
    switch (this.#state.at) {
      case 'running': {
        // While it is paused it could not print anything about its end.
        this.#pace.release();
        const gone = this.#pty.endTree(graceMs).catch((error: unknown) => {
          if (this.#state.at === 'ending') this.#state = { at: 'running' };
          throw error;
        });
        this.#state = { at: 'ending', gone };
        await gone;
        await this.exited;
        break;
      }
      case 'ending':
        await this.#state.gone;
        await this.exited;
        break;
      case 'exited':
        await this.#pty.endTree(graceMs);
    }
  }

  /** Releases what the system keeps for it. After the exit only. */
  release(): void {
    this.#pty.release();
  }

  #take(text: Uint8Array): void {
    if (text.length === 0) return;
    this.#lastOutputAt = this.#clock.now();
    this.idle.stir();
    for (const listener of this.#outputListeners) listener(text);
    for (let rest = text; rest.length > 0;) {
      const count = lengthOfWhole(rest, APPEND_BYTES);
      this.#scrollback.append(rest.subarray(0, count));
      rest = rest.subarray(count);
      for (const reader of this.#readers) reader.advance();
    }
    this.#frames.forget();
    this.#notifier.notifyAll();
    this.#follow();
  }

  #exit(exitCode: number): number {
    this.#take(this.#text.end());
    this.#state = { at: 'exited', exitCode };
    this.#notifier.notifyAll();
    for (const reader of this.#readers) reader.advance();
    return exitCode;
  }

  #follow(): void {
    if (this.#state.at !== 'running') return;
    let least = Number.POSITIVE_INFINITY;
    for (const { lag } of this.#readers) least = Math.min(least, lag);
    this.#pace.follow(this.#readers.size === 0 ? 0 : least);
  }

  #forReader(): AttachedTerminal {
    return {
      id: this.id,
      scrollback: this.#scrollback,
      forgotten: this.#forgotten,
      frames: this.#frames,
      clock: this.#clock,
      exitCode: () => this.exitCode,
      waits: () => this.#pace.paused || this.status === 'exited',
      input: (data) => this.input(data),
      resize: (cols, rows, by) => this.resize(cols, rows, by),
      moved: () => this.#follow(),
      left: (reader) => {
        this.#readers.delete(reader);
        this.idle.left();
      },
    };
  }
}
