/**
 * A shell in a PTY that outlives the sockets that look at it.
 *
 *   running ──the shell exits──▶ exited
 *      └──end──▶ ending ──its tree is gone──▶ exited
 *
 * Output: PTY → whole UTF-8 → listeners → scrollback → attachments. The attachment that has got furthest sets
 * the pace: when even that one lags, the program is paused. With no attachment it never is.
 */
import type { Clock } from '../core/clock.ts';
import type { Pty } from '../platform/pty.ts';
import { type Attachment, type InputFailure, Reader, type Watched } from './attachment.ts';
import { Frames } from './frames.ts';
import { OutputText } from './output-text.ts';
import { Scrollback } from './scrollback.ts';
import type { Sink } from './sink.ts';
import { clampSize, type Size } from './size.ts';

export const SCROLLBACK_BYTES = 1024 * 1024;
/** Bytes that the fastest attachment may lag before the program is paused, and at which it goes on. */
const PAUSE_ABOVE = 256 * 1024;
const RESUME_BELOW = 64 * 1024;
/** Appended at once: an attachment that keeps up must never find its next byte gone. */
const APPEND_BYTES = 64 * 1024;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

export type TerminalStatus = 'running' | 'exited';
/** `kept`: until it is deleted. `socket`: as long as the socket that opened it. */
export type TerminalKind = 'kept' | 'socket';

type State =
  | { readonly at: 'running' }
  | { readonly at: 'ending'; readonly gone: Promise<void> }
  | { readonly at: 'exited'; readonly exitCode: number };

export interface TerminalIdentity {
  /** 12 hex digits. */
  readonly id: string;
  readonly name: string | undefined;
  readonly kind: TerminalKind;
  /** The program, as asked for or chosen. */
  readonly shell: string;
}

/** What one read of the output gives. All offsets count bytes of the output as it is sent, in UTF-8. */
export interface OutputPiece {
  readonly data: string;
  /** Offset behind `data`: the next `since`. */
  readonly next: number;
  /** Bytes after `since` that are no longer kept. */
  readonly dropped: number;
}

export class Terminal {
  readonly id: string;
  readonly name: string | undefined;
  readonly kind: TerminalKind;
  readonly shell: string;
  /** Unix time in milliseconds, as all times here. */
  readonly createdAt: number;
  /** Settles with the exit code when the last output is in the scrollback. Never rejects. */
  readonly exited: Promise<number>;
  readonly #pty: Pty;
  readonly #clock: Clock;
  readonly #text = new OutputText();
  readonly #scrollback = new Scrollback(SCROLLBACK_BYTES);
  readonly #readers = new Set<Reader>();
  readonly #outputListeners = new Set<(text: Uint8Array) => void>();
  readonly #resizeListeners = new Set<(cols: number, rows: number) => void>();
  readonly #waiters = new Set<() => void>();
  readonly #watched: Watched;
  #state: State = { at: 'running' };
  #size: Size;
  #paused = false;
  #lastInputAt: number | undefined;
  #lastOutputAt: number | undefined;
  #lastAttachedAt: number;

  /** `start` opens the PTY, whose output goes to what it is given. */
  constructor(
    identity: TerminalIdentity,
    size: Size,
    clock: Clock,
    start: (output: (data: Uint8Array) => void) => Pty,
  ) {
    this.id = identity.id;
    this.name = identity.name;
    this.kind = identity.kind;
    this.shell = identity.shell;
    this.#size = size;
    this.#clock = clock;
    this.createdAt = this.#lastAttachedAt = clock.now();
    this.#watched = this.#watch();
    this.#pty = start((data) => this.#take(this.#text.take(data)));
    this.exited = this.#pty.exited.then((code) => this.#exit(code));
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

  /** When it last was of use to anybody: input, output, or somebody attached. */
  get lastUsedAt(): number {
    if (this.#readers.size > 0) return this.#clock.now();
    return Math.max(this.#lastAttachedAt, this.#lastInputAt ?? 0, this.#lastOutputAt ?? 0);
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

  /** Undefined: taken. `input-full`: the program has not read a mebibyte of it, and nothing of `data` was taken. */
  input(data: string): InputFailure | undefined {
    if (this.#state.at === 'exited') return 'exited';
    const failure = this.#pty.write(encoder.encode(data));
    if (failure === 'gone') return 'exited';
    if (failure === 'full') return 'input-full';
    this.#lastInputAt = this.#clock.now();
    return undefined;
  }

  /** Clamped to 10–500 × 2–200. The attachments are told, but for the one that asked. */
  resize(cols: number, rows: number, by?: Attachment): 'exited' | undefined {
    if (this.#state.at === 'exited') return 'exited';
    const size = clampSize(cols, rows, this.#size);
    if (size.cols === this.#size.cols && size.rows === this.#size.rows) return undefined;
    this.#size = size;
    this.#pty.resize(size.cols, size.rows);
    for (const listener of this.#resizeListeners) listener(size.cols, size.rows);
    for (const reader of this.#readers) if (reader !== by) reader.resized(size);
    return undefined;
  }

  /** From `since` (default: the oldest kept; beyond the end: the end), at most `limit` bytes. */
  read(since?: number, limit: number = SCROLLBACK_BYTES): OutputPiece {
    const { bytes, at, next } = this.#scrollback.read(since ?? this.#scrollback.start, limit);
    return { data: decoder.decode(bytes), next, dropped: since === undefined ? 0 : Math.max(0, at - since) };
  }

  /** Resolves when there is output beyond `since`, the terminal has exited, or `signal` is aborted. */
  async waitForOutput(since: number, signal: AbortSignal): Promise<void> {
    const from = Math.min(since, this.#scrollback.end);
    while (this.#scrollback.end <= from && this.#state.at !== 'exited' && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiters.add(resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
      await promise;
      this.#waiters.delete(resolve);
    }
  }

  /** Replays from `since` (default: the oldest kept), then goes on live. */
  attach(sink: Sink, options: { since?: number; readonly?: boolean } = {}): Attachment {
    const reader = new Reader(this.#watched, sink, options);
    this.#readers.add(reader);
    reader.begin();
    this.#pace();
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

  /** Ends everything that was started in it; what an exited shell left in the background too. */
  async end(graceMs: number): Promise<void> {
    switch (this.#state.at) {
      case 'running': {
        const gone = this.#pty.endTree(graceMs);
        this.#state = { at: 'ending', gone };
        this.#pace();
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

  /** Lets go of what the system keeps for it. After the exit. */
  release(): void {
    this.#pty.release();
  }

  #take(text: Uint8Array): void {
    if (text.length === 0) return;
    this.#lastOutputAt = this.#clock.now();
    for (const listener of this.#outputListeners) listener(text);
    for (let rest = text; rest.length > 0;) {
      const count = wholeCharacters(rest, APPEND_BYTES);
      this.#scrollback.append(rest.subarray(0, count));
      rest = rest.subarray(count);
      for (const reader of this.#readers) reader.advance();
    }
    this.#frames.forget();
    this.#wake();
    this.#pace();
  }

  readonly #frames = new Frames(this.#scrollback);

  #exit(exitCode: number): number {
    this.#take(this.#text.end());
    this.#state = { at: 'exited', exitCode };
    this.#paused = false;
    this.#wake();
    for (const reader of this.#readers) reader.advance();
    return exitCode;
  }

  #wake(): void {
    for (const wake of this.#waiters) wake();
  }

  #pace(): void {
    const lag = this.#readers.size === 0 ? 0 : Math.min(...[...this.#readers].map((reader) => reader.lag));
    const mayPause = this.#state.at === 'running';
    if (!this.#paused && mayPause && lag > PAUSE_ABOVE) this.#paused = this.#pty.pause();
    else if (this.#paused && (!mayPause || lag < RESUME_BELOW)) {
      this.#paused = false;
      this.#pty.resume();
    }
  }

  #watch(): Watched {
    // oxlint-disable-next-line typescript/no-this-alias
    const terminal = this;
    return {
      id: this.id,
      scrollback: this.#scrollback,
      frames: this.#frames,
      clock: this.#clock,
      get exitCode() {
        return terminal.exitCode;
      },
      get waits() {
        return terminal.#paused || terminal.#state.at === 'exited';
      },
      input: (data) => this.input(data),
      resize: (cols, rows, by) => this.resize(cols, rows, by),
      moved: () => this.#pace(),
      left: (reader) => {
        this.#readers.delete(reader);
        this.#lastAttachedAt = this.#clock.now();
      },
    };
  }
}

/** At most `limit` bytes of it, cut where a character ends. */
function wholeCharacters(text: Uint8Array, limit: number): number {
  if (text.length <= limit) return text.length;
  let count = limit;
  while (((text[count] ?? 0) & 0xc0) === 0x80) count -= 1;
  return count;
}
