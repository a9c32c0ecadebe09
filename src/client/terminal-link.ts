/**
 * A look at a terminal that outlives its connections: each one goes on at the byte where the last one broke, so that
 * nothing is lost and nothing comes twice.
 *
 *   connecting ──attached──▶ attached ──the connection broke──▶ waiting ──▶ connecting
 *        └── broke ──▶ waiting            └──exited, refused, closed by us──▶ ended
 *
 * What is typed before the first connection is sent then. What is typed between two is not kept: nobody sees what it
 * would do.
 */
import { CONTROL_MARK, type TerminalClientFrame, type TerminalControlFrame } from '../protocol/terminal.ts';

export interface TerminalLinkOptions {
  readonly listener: TerminalLinkListener;
  /** Offset of the first byte wanted. Default: the oldest that is kept. */
  readonly since?: number | undefined;
  /** Only look. */
  readonly readonly?: boolean | undefined;
  /** Milliseconds without a word after which a connection is given up. Default 25,000; it is asked for one every 10,000. */
  readonly silenceMs?: number;
}

/** Called in order, and at once: one that takes its time slows the server down. */
export interface TerminalLinkListener {
  /** Output is about to come from `since` on, up to `next` from what is kept; `lost` bytes before it are gone. */
  attached(at: { readonly since: number; readonly next: number; readonly lost: number; readonly again: boolean }): void;
  output(text: string): void;
  /** Somebody else has given the terminal another size. */
  resized?(cols: number, rows: number): void;
  /** The connection is gone, and is being made again. */
  broken?(): void;
  /** The server did not take something. */
  complained?(message: string): void;
}

export type LinkEnd =
  /** The program has ended, and all its output has come. */
  | { readonly how: 'exited'; readonly exitCode: number }
  /** There is no such terminal (any more), or the key is not accepted. */
  | { readonly how: 'refused'; readonly message: string }
  | { readonly how: 'closed' };

const PING_MS = 10_000;
const SILENCE_MS = 25_000;
const FIRST_PAUSE_MS = 100;
const LAST_PAUSE_MS = 2000;
/** Characters of one input frame: in JSON one may take six bytes, and a frame may have 64 KiB. */
const INPUT_PIECE = 8192;

/** Characters that may be typed before there is a connection. */
const MAX_EARLY = 64 * 1024;

const POLICY_VIOLATION = 1008;
const UNAUTHORIZED = 3401;

type State =
  | { readonly at: 'connecting' | 'attached'; readonly socket: Bun.WebSocket }
  | { readonly at: 'waiting'; readonly timer: ReturnType<typeof setTimeout> }
  | { readonly at: 'ended' };

export class TerminalLink implements Disposable {
  /** Never rejects. */
  readonly ended: Promise<LinkEnd>;
  readonly #open: (query: string) => Bun.WebSocket;
  readonly #listener: TerminalLinkListener;
  readonly #readonly: boolean;
  readonly #silenceMs: number;
  readonly #end = Promise.withResolvers<LinkEnd>();
  readonly #pulse: ReturnType<typeof setInterval>;
  #state: State;
  /** Offset of the next byte. */
  #next: number | undefined;
  #attachedBefore = false;
  #lastHeardAt = performance.now();
  #pauseMs = FIRST_PAUSE_MS;
  #complaint: string | undefined;
  #exitCode: number | undefined;
  /** Typed before the first connection. */
  #early = '';

  /** `open` makes a socket to the terminal; its argument is more of the query, such as `&since=5`. */
  constructor(open: (query: string) => Bun.WebSocket, options: TerminalLinkOptions) {
    const { listener, since, readonly = false, silenceMs = SILENCE_MS } = options;
    this.#open = open;
    this.#listener = listener;
    this.#readonly = readonly;
    this.#silenceMs = silenceMs;
    this.#next = since;
    this.ended = this.#end.promise;
    this.#state = this.#connect();
    this.#pulse = setInterval(() => this.#beat(), Math.min(PING_MS, silenceMs / 2));
  }

  /** Offset after the last byte that has come; undefined before the first connection. */
  get next(): number | undefined {
    return this.#next;
  }

  /** Whether it is on its way; not while a connection is being made again. */
  input(data: string): boolean {
    if (this.#state.at !== 'attached' && !this.#attachedBefore && this.#early.length + data.length < MAX_EARLY) {
      this.#early += data;
      return true;
    }
    for (let at = 0; at < data.length;) {
      let end = at + INPUT_PIECE;
      // Not within a surrogate pair.
      if (/[\ud800-\udbff]/.test(data[end - 1] ?? '')) end -= 1;
      if (!this.#send({ type: 'input', data: data.slice(at, end) })) return false;
      at = end;
    }
    return true;
  }

  resize(cols: number, rows: number): boolean {
    return this.#send({ type: 'resize', cols, rows });
  }

  /** Leaves; the terminal goes on. */
  [Symbol.dispose](): void {
    this.#finish({ how: 'closed' });
  }

  #connect(): State {
    const since = this.#next === undefined ? '' : `&since=${this.#next}`;
    const socket = this.#open(`${since}${this.#readonly ? '&readonly=1' : ''}`);
    const current = (handle: () => void) => {
      if (this.#state.at !== 'ended' && 'socket' in this.#state && this.#state.socket === socket) handle();
    };
    this.#lastHeardAt = performance.now();
    socket.addEventListener('message', ({ data }) => current(() => this.#take(socket, String(data))));
    socket.addEventListener('close', ({ code, reason }) => current(() => this.#closed(code, reason)));
    // A connection that fails is closed too.
    socket.addEventListener('error', () => {});
    return { at: 'connecting', socket };
  }

  #take(socket: Bun.WebSocket, text: string): void {
    this.#lastHeardAt = performance.now();
    if (text.startsWith(CONTROL_MARK)) return this.#control(socket, JSON.parse(text.slice(1)) as TerminalControlFrame);
    this.#next = (this.#next ?? 0) + Buffer.byteLength(text);
    this.#listener.output(text);
  }

  #control(socket: Bun.WebSocket, frame: TerminalControlFrame): void {
    switch (frame.type) {
      case 'attached': {
        const lost = this.#next === undefined ? 0 : frame.since - this.#next;
        this.#next = frame.since;
        this.#state = { at: 'attached', socket };
        this.#pauseMs = FIRST_PAUSE_MS;
        const again = this.#attachedBefore;
        this.#attachedBefore = true;
        this.#listener.attached({ since: frame.since, next: frame.next, lost, again });
        if (this.#early !== '') this.input(this.#early);
        this.#early = '';
        return;
      }
      case 'resize':
        return this.#listener.resized?.(frame.cols, frame.rows);
      case 'exit':
        this.#exitCode = frame.exitCode;
        return;
      case 'error':
        this.#complaint = frame.message;
        if (this.#state.at === 'attached') this.#listener.complained?.(frame.message);
        return;
      case 'pong':
    }
  }

  #closed(code: number, reason: string): void {
    if (this.#exitCode !== undefined) return this.#finish({ how: 'exited', exitCode: this.#exitCode });
    if (code === UNAUTHORIZED || code === POLICY_VIOLATION)
      return this.#finish({ how: 'refused', message: this.#complaint ?? reason });
    const wasAttached = this.#state.at === 'attached';
    this.#state = {
      at: 'waiting',
      timer: setTimeout(() => {
        this.#state = this.#connect();
      }, this.#pauseMs),
    };
    this.#pauseMs = Math.min(this.#pauseMs * 2, LAST_PAUSE_MS);
    if (wasAttached) this.#listener.broken?.();
  }

  #beat(): void {
    if (!('socket' in this.#state)) return;
    const { socket } = this.#state;
    if (performance.now() - this.#lastHeardAt > this.#silenceMs) {
      // A peer that is gone answers no goodbye either.
      socket.terminate();
      this.#closed(1006, '');
    } else if (this.#state.at === 'attached') this.#send({ type: 'ping' });
  }

  #send(frame: TerminalClientFrame): boolean {
    if (this.#state.at !== 'attached') return false;
    this.#state.socket.send(JSON.stringify(frame));
    return true;
  }

  #finish(end: LinkEnd): void {
    const state = this.#state;
    this.#state = { at: 'ended' };
    clearInterval(this.#pulse);
    if (state.at === 'waiting') clearTimeout(state.timer);
    else if (state.at !== 'ended') state.socket.close(1000);
    this.#end.resolve(end);
  }
}
