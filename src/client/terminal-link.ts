/**
 * A terminal in use by a client, over as many connections as it takes: each one begins at the byte where the last one
 * ended, so that nothing is lost and nothing comes twice, as long as the server still keeps what came meanwhile.
 *
 *   connecting ──attached──▶ attached ──broke──▶ reconnecting ──attached──▶ attached
 *     │   ▲                     └──overflowed──▶ connecting       (attached again at once)
 *     │   └─────────────────────────┘
 *     └──broke──▶ reconnecting            any of them ──exited, refused, disposed──▶ ended
 *
 * What is typed while connecting is sent once it is attached. What is typed while reconnecting is dropped: nobody could
 * see what it would do, much later.
 */
import { CLOSE_CODES } from '../core/close-codes.ts';
import { CONTROL_MARK } from '../protocol/control-mark.ts';
import type { TerminalClientFrame, TerminalControlFrame } from '../protocol/terminal-frames.ts';
import { ClientError } from './failure.ts';
import { pause } from './pause.ts';
import { orSilence } from './silence.ts';
import type { TextSocket } from './plain-socket.ts';
import { utf8Length } from './utf8-length.ts';

export interface TerminalLinkOptions {
  /** Who hears of what comes. */
  readonly listener: TerminalLinkListener;
  /** Offset of the first byte wanted. Default: the oldest that is kept. */
  readonly since?: number | undefined;
  /** Neither types nor resizes. */
  readonly readonly?: boolean | undefined;
  /**
   * Milliseconds without a frame after which a connection is given up; after half of them it is asked for one.
   * Default 25,000.
   */
  readonly silenceMs?: number;
}

/** Called in order. A promise holds what comes next back until it is kept. */
export interface TerminalLinkListener {
  /** A connection is about to be made; a ClientError that this throws counts as one that failed. */
  connecting?(): void | Promise<void>;
  /**
   * Output is about to come from `since` on, up to `next` from what is kept; `lost` bytes before it are gone: a terminal
   * emulator is to be reset then, and the first output brings it into the state they have left. `again`: after `broken`.
   */
  attached(at: {
    readonly since: number;
    readonly next: number;
    readonly lost: number;
    readonly again: boolean;
  }): void | Promise<void>;
  /** Output, never split inside a character. */
  output(text: string): void | Promise<void>;
  /** All that was kept has come: what follows is new. */
  live?(): void | Promise<void>;
  /** Another client has given the terminal another size. */
  resized?(cols: number, rows: number): void;
  /** There is no connection, and one is being made until there is. */
  broken?(): void;
  /** The server did not take something. */
  complained?(message: string): void;
}

/** How it ended. */
export type LinkEnd =
  /** The program has ended, and all its output has come. */
  | { readonly how: 'exited'; readonly exitCode: number }
  /** There is no such terminal (any more), or the key is not accepted. */
  | { readonly how: 'refused'; readonly reason: 'terminal-not-found' | 'key-refused'; readonly message: string }
  | { readonly how: 'closed' };

const SILENCE_MS = 25_000;
const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 2000;
/** Characters of one input frame: in JSON one may take six bytes, and a frame may have 64 KiB. */
const INPUT_PIECE = 8192;
/** Frames that are kept until there is a connection. */
const MAX_UNSENT = 1000;

type State =
  | { readonly at: 'connecting'; readonly unsent: TerminalClientFrame[] }
  | { readonly at: 'attached'; readonly socket: TextSocket }
  | { readonly at: 'reconnecting' }
  | { readonly at: 'ended' };

const notFound = (message: string): LinkEnd => ({ how: 'refused', reason: 'terminal-not-found', message });

/** How one connection ended. */
type ConnectionEnd = LinkEnd | { readonly how: 'overflowed' } | { readonly how: 'broke' };

/** A terminal that is attached to; `Client.terminals.attach` makes one. */
export class TerminalLink implements Disposable {
  /** Rejects only with what a listener threw. */
  readonly ended: Promise<LinkEnd>;
  readonly #open: (query: string, signal: AbortSignal) => Promise<TextSocket>;
  readonly #listener: TerminalLinkListener;
  readonly #readonly: boolean;
  readonly #silenceMs: number;
  readonly #disposing = new AbortController();
  #state: State = { at: 'connecting', unsent: [] };
  /** Offset of the next byte. */
  #next: number | undefined;

  /** `open` makes a socket to the terminal; its first argument is more of the query, such as `&since=5`. */
  constructor(open: (query: string, signal: AbortSignal) => Promise<TextSocket>, options: TerminalLinkOptions) {
    const { listener, since, readonly = false, silenceMs = SILENCE_MS } = options;
    this.#open = open;
    this.#listener = listener;
    this.#readonly = readonly;
    this.#silenceMs = silenceMs;
    this.#next = since;
    this.ended = this.#run().finally(() => (this.#state = { at: 'ended' }));
  }

  /** Offset after the last byte that has come; undefined before the first connection. */
  get next(): number | undefined {
    return this.#next;
  }

  /** Types something; false when it is not on its way: not while a connection is being made again. */
  input(data: string): boolean {
    for (let at = 0; at < data.length;) {
      let end = at + INPUT_PIECE;
      // Not within a surrogate pair.
      if (/[\ud800-\udbff]/.test(data.charAt(end - 1))) end -= 1;
      if (!this.#send({ type: 'input', data: data.slice(at, end) })) return false;
      at = end;
    }
    return true;
  }

  /** Gives it a size in characters, which is limited to 10 to 500 × 2 to 200; false as for `input`. */
  resize(cols: number, rows: number): boolean {
    return this.#send({ type: 'resize', cols, rows });
  }

  /** Leaves; the terminal goes on, and the listener is not called any more. */
  detach(): void {
    this.#state = { at: 'ended' };
    this.#disposing.abort();
  }

  /** The same, for `using`. */
  [Symbol.dispose](): void {
    this.detach();
  }

  async #run(): Promise<LinkEnd> {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)) {
      const end = await this.#connect();
      if (this.#disposing.signal.aborted) return { how: 'closed' };
      switch (end.how) {
        case 'exited':
        case 'refused':
        case 'closed':
          return end;
        case 'overflowed':
          this.#state = { at: 'connecting', unsent: [] };
          continue;
        case 'broke':
      }
      if (this.#state.at !== 'reconnecting') {
        pauseMs = FIRST_PAUSE_MS;
        this.#state = { at: 'reconnecting' };
        this.#listener.broken?.();
      }
      await pause(pauseMs, this.#disposing.signal);
    }
  }

  async #connect(): Promise<ConnectionEnd> {
    const { signal } = this.#disposing;
    let socket: TextSocket | undefined;
    const close = (): void => socket?.close();
    signal.addEventListener('abort', close);
    try {
      await this.#listener.connecting?.();
      const since = this.#next === undefined ? '' : `&since=${this.#next}`;
      socket = await this.#open(`${since}${this.#readonly ? '&readonly=1' : ''}`, signal);
      return signal.aborted ? { how: 'closed' } : await this.#read(socket);
    } catch (error) {
      if (signal.aborted) return { how: 'closed' };
      if (!(error instanceof ClientError)) throw error;
      const { message } = error;
      if (error.reason === 'key-refused') return { how: 'refused', reason: 'key-refused', message };
      if (error.reason === 'refused' && error.status === 404) return notFound(message);
      return { how: 'broke' };
    } finally {
      signal.removeEventListener('abort', close);
      close();
    }
  }

  /** Reads one connection to its end. */
  async #read(socket: TextSocket): Promise<ConnectionEnd> {
    const { signal } = this.#disposing;
    let replayEnd: number | undefined;
    let complaint: string | undefined;
    for (;;) {
      const text = await this.#nextFrame(socket);
      if (signal.aborted) return { how: 'closed' };
      if (text === undefined) break;
      if (!text.startsWith(CONTROL_MARK)) {
        this.#next = (this.#next ?? 0) + utf8Length(text);
        await this.#listener.output(text);
      } else {
        const frame = JSON.parse(text.slice(CONTROL_MARK.length)) as TerminalControlFrame;
        switch (frame.type) {
          case 'attached':
            replayEnd = frame.next;
            await this.#attached(socket, frame);
            break;
          case 'resize':
            this.#listener.resized?.(frame.cols, frame.rows);
            break;
          case 'exit':
            return { how: 'exited', exitCode: frame.exitCode };
          case 'error':
            complaint = frame.message;
            if (this.#state.at === 'attached') this.#listener.complained?.(frame.message);
            break;
          case 'pong':
        }
      }
      if (signal.aborted) return { how: 'closed' };
      if (replayEnd !== undefined && (this.#next ?? 0) >= replayEnd) {
        replayEnd = undefined;
        await this.#listener.live?.();
      }
    }
    if (socket.overflowed) return { how: 'overflowed' };
    const { code, reason } = await socket.closed;
    return code === CLOSE_CODES.policyViolation ? notFound(complaint ?? reason) : { how: 'broke' };
  }

  async #attached(
    socket: TextSocket,
    { since, next, state = '' }: Extract<TerminalControlFrame, { type: 'attached' }>,
  ): Promise<void> {
    const before = this.#state;
    const lost = this.#next === undefined ? 0 : since - this.#next;
    this.#next = since;
    this.#state = { at: 'attached', socket };
    const taken = this.#listener.attached({ since, next, lost, again: before.at === 'reconnecting' });
    if (before.at === 'connecting') for (const frame of before.unsent) this.#send(frame);
    await taken;
    // What is gone has left a state that the output is made for. It has no offsets.
    if (state !== '') await this.#listener.output(state);
  }

  /** Undefined at the end. Asked for a sign of life in time, a connection that gives none is dead. */
  async #nextFrame(socket: TextSocket): Promise<string | undefined> {
    const halfMs = this.#silenceMs / 2;
    const frame = socket.frames.next();
    const result = await orSilence(frame, halfMs).catch(() => {
      socket.send(JSON.stringify({ type: 'ping' } satisfies TerminalClientFrame));
      return orSilence(frame, halfMs);
    });
    return result.done ? undefined : result.value;
  }

  #send(frame: TerminalClientFrame): boolean {
    switch (this.#state.at) {
      case 'attached':
        this.#state.socket.send(JSON.stringify(frame));
        return true;
      case 'connecting':
        return this.#state.unsent.length < MAX_UNSENT && this.#state.unsent.push(frame) > 0;
      case 'reconnecting':
      case 'ended':
        return false;
    }
  }
}
