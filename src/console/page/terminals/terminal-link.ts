/**
 * A page's hold on a terminal, over as many sockets as it takes.
 *
 *   connecting ──attached──▶ live ──broken──▶ away ──a while──▶ connecting
 *        │                    └─────exit─────▶ over (exited)
 *        └──no such terminal──▶ over (gone)
 *
 * It counts the bytes it was given, and each new socket begins behind them: nothing is lost and nothing comes twice, as
 * long as the server still keeps what came meanwhile.
 */
import type {
  CONTROL_MARK as ControlMark,
  TerminalClientFrame,
  TerminalControlFrame,
  TerminalResource,
  Ticket,
} from '../../../protocol/terminal.ts';
import { ApiError, type Api } from '../api.ts';
import { pause } from '../pause.ts';
import { Store } from '../store.ts';
import { openTextSocket, type TextSocket } from './text-socket.ts';
import { utf8Length } from './utf8-length.ts';

export type LinkState =
  | { readonly at: 'connecting' }
  | { readonly at: 'live' }
  | { readonly at: 'away'; readonly because: string }
  | { readonly at: 'over'; readonly how: 'exited'; readonly exitCode: number }
  | { readonly at: 'over'; readonly how: 'gone' };

/** What a link does to the terminal on the page. Promises hold the socket back until they are kept. */
export interface LinkScreen {
  /** A socket is there, and a replay follows; `missing` bytes before it are not kept any more. */
  replays(record: TerminalResource, missing: number): Promise<void>;
  output(text: string): Promise<void>;
  /** What is said from here on is live. */
  live(): Promise<void>;
  /** Somebody else resized the terminal. */
  resized(cols: number, rows: number): void;
}

export interface LinkOptions {
  readonly api: Api;
  readonly id: string;
  readonly readonly: boolean;
  /** Where an earlier link stopped. */
  readonly since?: number | undefined;
  readonly screen: LinkScreen;
  /** A failure that the page shows by itself, such as a key that is no longer taken. */
  readonly explains: (error: unknown) => boolean;
  readonly signal: AbortSignal;
}

// Only types come from the protocol: its shapes would bring a validator with them. The compiler compares the two.
const CONTROL_MARK: typeof ControlMark = '\u0000';
const FIRST_PAUSE_MS = 250;
const LAST_PAUSE_MS = 4000;
const PING_MS = 15_000;
/** A connection that leaves two pings without an answer has died without telling. */
const SILENCE_MS = 2.5 * PING_MS;
/** Characters per frame: as JSON no more than the 64 KiB that the server reads. */
const INPUT_PIECE = 8000;
const KEY_REFUSED = 3401;
/** Frames that are kept for the next socket where one follows the other at once. */
const MAX_UNSENT = 1000;

export class TerminalLink {
  readonly state = new Store<LinkState>({ at: 'connecting' });
  readonly #options: LinkOptions;
  #offset: number | undefined;
  /** Takes what is typed, also while a replay is still drawn. */
  #socket: TextSocket | undefined;
  #unsent: TerminalClientFrame[] = [];
  #heardAt = 0;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#offset = options.since;
    options.signal.addEventListener('abort', () => this.#socket?.close(), { once: true });
    void this.#run();
  }

  /** Bytes of the terminal's output that are on the page. */
  get offset(): number | undefined {
    return this.#offset;
  }

  type(data: string): void {
    for (let from = 0; from < data.length;) {
      // Half of a surrogate pair is no character.
      const cut = /[\ud800-\udbff]/.test(data.charAt(from + INPUT_PIECE - 1)) ? INPUT_PIECE - 1 : INPUT_PIECE;
      this.#send({ type: 'input', data: data.slice(from, from + cut) });
      from += cut;
    }
  }

  resize(cols: number, rows: number): void {
    this.#send({ type: 'resize', cols, rows });
  }

  async #run(): Promise<void> {
    const { signal, explains } = this.#options;
    let wait = FIRST_PAUSE_MS;
    while (!signal.aborted && this.state.value.at !== 'over') {
      let because = 'the connection broke';
      try {
        because = await this.#holdOn();
        wait = FIRST_PAUSE_MS;
        if (because === 'behind') continue;
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof ApiError && error.status === 404) return this.state.set({ at: 'over', how: 'gone' });
        if (!explains(error)) because = error instanceof Error ? error.message : String(error);
        wait = Math.min(wait * 2, LAST_PAUSE_MS);
      }
      if (signal.aborted || this.#isOver()) return;
      this.state.set({ at: 'away', because });
      this.#unsent = [];
      await pause(wait, signal);
      if (!signal.aborted) this.state.set({ at: 'connecting' });
    }
  }

  /** One socket from its ticket to its end; resolves to why it ended: `behind` when the next one is to follow at once. */
  async #holdOn(): Promise<string> {
    const { api, id, readonly, screen, signal, explains } = this.#options;
    const record = await api.json<TerminalResource>(`terminals/${encodeURIComponent(id)}`, { signal });
    const { ticket } = await api.json<Ticket>('tickets', { method: 'POST', body: {}, signal });
    const query = new URLSearchParams({ attach: record.id, ticket });
    if (this.#offset !== undefined) query.set('since', String(this.#offset));
    if (readonly) query.set('readonly', '1');
    const socket = await openTextSocket(`terminal?${query}`);
    this.#heardAt = performance.now();
    this.#socket = socket;
    for (const frame of this.#unsent.splice(0)) this.#send(frame);
    const pings = setInterval(() => this.#ping(socket), PING_MS);
    let replayEnd: number | undefined;
    try {
      if (signal.aborted) return '';
      for await (const frame of socket.frames) {
        this.#heardAt = performance.now();
        if (!frame.startsWith(CONTROL_MARK)) {
          this.#offset = (this.#offset ?? 0) + utf8Length(frame);
          await screen.output(frame);
        } else {
          const control = JSON.parse(frame.slice(CONTROL_MARK.length)) as TerminalControlFrame;
          if (control.type === 'attached') {
            replayEnd = control.next;
            this.#offset = control.since;
            await screen.replays(record, control.dropped);
          } else this.#take(control);
        }
        if (signal.aborted) return '';
        if (replayEnd !== undefined && (this.#offset ?? 0) >= replayEnd) {
          replayEnd = undefined;
          await screen.live();
          if (!this.#isOver()) this.state.set({ at: 'live' });
        }
      }
    } finally {
      clearInterval(pings);
      this.#socket = undefined;
      socket.close();
    }
    if (socket.deaf) return 'behind';
    const { code, reason } = await socket.closed;
    if (code === KEY_REFUSED) explains(new ApiError('key-refused', reason));
    return reason === '' ? 'the connection broke' : reason;
  }

  #take(frame: Exclude<TerminalControlFrame, { type: 'attached' }>): void {
    switch (frame.type) {
      case 'resize':
        this.#options.screen.resized(frame.cols, frame.rows);
        break;
      case 'exit':
        this.state.set({ at: 'over', how: 'exited', exitCode: frame.exitCode });
        break;
      case 'error':
      case 'pong':
        break;
    }
  }

  #send(frame: TerminalClientFrame): void {
    if (this.#socket !== undefined) this.#socket.send(JSON.stringify(frame));
    // Typed into a network that is down it is better lost than sent into who knows what, much later.
    else if (this.state.value.at === 'live' && this.#unsent.length < MAX_UNSENT) this.#unsent.push(frame);
  }

  #ping(socket: TextSocket): void {
    if (performance.now() - this.#heardAt > SILENCE_MS) socket.close();
    else socket.send(JSON.stringify({ type: 'ping' } satisfies TerminalClientFrame));
  }

  #isOver(): boolean {
    return this.state.value.at === 'over';
  }
}
