/**
 * A WebSocket to a door: what its handshake said, text frames, and its end, which is told once.
 *
 * Bun's WebSocket has an event `handshake` with the status, headers and body of the answer to the upgrade, which its types
 * lack; without it neither the id of a connection nor a 404 could be told.
 */
import type { Clock } from '../../core/clock.ts';
import { CLOSE_CODES } from '../../core/close-codes.ts';

export interface SocketReader {
  readonly opened: (headers: Headers) => void;
  readonly message: (text: string) => void;
  /** The server has answered, but not with a socket. */
  readonly refused: (status: number, body: string) => void;
  readonly closed: (code: number, reason: string) => void;
}

export type OpenSocket = (url: string, headers: Readonly<Record<string, string>>, reader: SocketReader) => DoorSocket;

export interface DoorSocket {
  /** Whether it has been silent for longer than a server is that is there: what is sent now may go nowhere. */
  readonly isStale: boolean;
  send(text: string): void;
  /** Nothing more is read until `resume`. */
  pause(): void;
  resume(): void;
  /** Ends it when the server has had all that was sent. */
  close(): void;
  /** Ends it at once; nothing is told any more. */
  drop(): void;
}

/** Both sides ask so often whether the other one is there; silence until the next time is the end. */
const PING_MS = 20_000;
/** By the clock of the wall, which goes on while a laptop sleeps. */
const STALE_MS = 45_000;
const OPEN_TIMEOUT_MS = 30_000;

/** Of Bun's WebSocket; its types show it where those of the web are not loaded as well. */
interface ClientOnly {
  pause(): void;
  resume(): void;
  ping(): void;
  terminate(): void;
}
const OwnWebSocket = WebSocket as unknown as new (
  url: string,
  options: { readonly headers: Record<string, string>; readonly perMessageDeflate: boolean },
) => WebSocket & ClientOnly;

interface Handshake {
  readonly statusCode: number;
  readonly rawHeaders: readonly string[];
  readonly body: Uint8Array;
}

export const openSocketWith =
  (clock: Clock): OpenSocket =>
  (url, headers, reader) =>
    new ClientSocket(clock, url, headers, reader);

class ClientSocket implements DoorSocket {
  readonly #clock: Clock;
  readonly #reader: SocketReader;
  readonly #socket: WebSocket & ClientOnly;
  #handshake: Handshake | undefined;
  #heard = true;
  #heardAt: number;
  #isPaused = false;
  #isOver = false;
  #timer: Disposable;

  constructor(clock: Clock, url: string, headers: Readonly<Record<string, string>>, reader: SocketReader) {
    this.#clock = clock;
    this.#reader = reader;
    this.#heardAt = clock.now();
    const socket = new OwnWebSocket(url, { headers: { ...headers }, perMessageDeflate: false });
    this.#socket = socket;
    this.#timer = clock.after(OPEN_TIMEOUT_MS, () => this.#end(CLOSE_CODES.abnormal, 'no answer to the upgrade'));
    const on = (name: string, listener: (event: { readonly data?: unknown }) => void) =>
      (socket as EventTarget).addEventListener(name, (event) => listener(event as { data?: unknown }));
    on('handshake', ({ data }) => void (this.#handshake = data as Handshake));
    on('open', () => this.#opened());
    on('message', ({ data }) => this.#message(data));
    for (const sign of ['ping', 'pong']) on(sign, () => this.#hear());
    // What `error` tells, `close` tells as well.
    socket.addEventListener('close', ({ code, reason }) => this.#end(code, reason));
  }

  get isStale(): boolean {
    return !this.#isPaused && this.#clock.now() - this.#heardAt > STALE_MS;
  }

  send(text: string): void {
    this.#socket.send(text);
  }

  pause(): void {
    this.#isPaused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#hear();
    this.#socket.resume();
  }

  close(): void {
    this.#socket.close(CLOSE_CODES.normal);
  }

  drop(): void {
    this.#isOver = true;
    this.#timer[Symbol.dispose]();
    this.#socket.terminate();
  }

  #hear(): void {
    this.#heard = true;
    this.#heardAt = this.#clock.now();
  }

  #opened(): void {
    if (this.#isOver) return;
    this.#hear();
    this.#timer[Symbol.dispose]();
    this.#timer = this.#clock.after(PING_MS, () => this.#ping());
    this.#reader.opened(headersOf(this.#handshake));
  }

  #message(data: unknown): void {
    this.#hear();
    // A frame of bytes is none of this protocol.
    if (!this.#isOver && typeof data === 'string') this.#reader.message(data);
  }

  #ping(): void {
    if (this.#isOver) return;
    // One that is not read hears nothing.
    if (!this.#heard && !this.#isPaused) return this.#end(CLOSE_CODES.abnormal, 'the server is silent');
    this.#heard = false;
    this.#socket.ping();
    this.#timer = this.#clock.after(PING_MS, () => this.#ping());
  }

  #end(code: number, reason: string): void {
    if (this.#isOver) return;
    this.drop();
    const { statusCode = 101, body } = this.#handshake ?? {};
    if (statusCode === 101) this.#reader.closed(code, reason);
    else this.#reader.refused(statusCode, new TextDecoder().decode(body));
  }
}

function headersOf(handshake: Handshake | undefined): Headers {
  const raw = handshake?.rawHeaders ?? [];
  const headers = new Headers();
  for (let at = 0; at + 1 < raw.length; at += 2) headers.append(raw[at] ?? '', raw[at + 1] ?? '');
  return headers;
}
