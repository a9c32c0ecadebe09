/**
 * The line to a door. A line that breaks is tried again, and where the server still knows the connection it goes on there:
 * each side says how many frames it has had, and the other sends the rest again.
 *
 *   idle ──something to send──▶ asking ──the door tells what it is──▶ opening ──101──▶ open ──close──▶ ended
 *     ▲                           ▲  ▲                                 ▲  │             │
 *     │                           │  └──404, 410: connection unknown───┼──┤             │
 *     │                           └──without a connection──┐           │  │             │
 *     └──nothing to go on with──────────────────────────waiting ◀──────┼──┴───breaks────┘
 *                                                          └──with one─┘
 *
 *   any ──refused for good, ten minutes in vain──▶ ended
 */
import type { Clock } from '../../core/clock.ts';
import { CLOSE_CODES } from '../../core/close-codes.ts';
import type { AskDoor, Door, Refusal } from './door.ts';
import type { DoorSocket, OpenSocket } from './door-socket.ts';
import type { Endpoint } from './endpoint.ts';
import { KeptFrames, type Frame } from './kept-frames.ts';
import { Retry } from './retry.ts';
import { verdictOf } from './verdict.ts';

export interface LinkReader {
  readonly message: (text: string) => void;
  /**
   * A new connection is open, and nothing was sent on it yet. What the one before was sent is lost, or may be; what it
   * was not sent is handed back.
   */
  readonly connected: (door: Door, lost: readonly Frame[], unsent: readonly Frame[]) => void;
  /** The line is broken and is tried again (undefined: it works again). For people. */
  readonly trouble: (why: string | undefined) => void;
  /** Nothing comes any more. Without a failure: all that was to be sent has arrived. */
  readonly ended: (failure?: LinkFailure) => void;
}

export type LinkFailure = Refusal & {
  /** Whether the door has answered before. */
  readonly wasReached: boolean;
};

export interface LinkOptions {
  readonly endpoint: Endpoint;
  readonly headers: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly askDoor: AskDoor;
  readonly openSocket: OpenSocket;
}

type State =
  | { readonly at: 'idle' | 'asking' | 'ended' }
  | { readonly at: 'opening'; readonly socket: DoorSocket }
  | { readonly at: 'open'; readonly socket: DoorSocket; readonly since: number; readonly resumedAt: number | undefined }
  | { readonly at: 'waiting'; readonly timer: Disposable };

/** What has been open for so long works. */
const STEADY_MS = 5000;
const CONNECTION_ID = 'Acp-Connection-Id';
const RECEIVED = 'Acp-Received-Frames';

export class Link {
  /** Whether there is something to go on with, also while nothing is to be sent. */
  isNeeded = false;
  readonly #options: LinkOptions;
  readonly #reader: LinkReader;
  readonly #retry: Retry;
  readonly #frames = new KeptFrames();
  #state: State = { at: 'idle' };
  /** As it was when it was asked last. */
  #door: Door | undefined;
  /** The same, until a connection is opened. */
  #checked: Door | undefined;
  /** Id of the connection that can be gone on with. */
  #connection: string | undefined;
  /** Text frames that the server has sent on this connection. */
  #received = 0;
  #isPaused = false;
  #isFinishing = false;

  constructor(options: LinkOptions, reader: LinkReader) {
    this.#options = options;
    this.#reader = reader;
    this.#retry = new Retry(options.clock, options.random);
  }

  /** Asks what the door is, without opening a connection. */
  check(): Promise<void> {
    return this.#ask((door) => {
      this.#checked = door;
      this.#state = { at: 'idle' };
    });
  }

  send(frame: Frame): void {
    if (this.#state.at === 'ended') return;
    this.#frames.add(frame);
    if (this.#state.at === 'open') this.#sendOn(this.#state.socket);
    else if (this.#state.at === 'idle') this.#connect();
  }

  /** An answer to the request with this key has come. */
  answered(request: string): void {
    this.#frames.answered(request);
  }

  pause(): void {
    this.#isPaused = true;
    if (this.#state.at === 'open') this.#state.socket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#state.at === 'open') this.#state.socket.resume();
  }

  /** What is queued goes out, then the link ends. To be called again when a new connection has got what it needs. */
  finish(): void {
    this.#isFinishing = true;
    if (this.#state.at === 'open') this.#state.socket.close();
    else if (this.#state.at !== 'ended' && !this.#hasToDeliver()) this.#end();
  }

  #connect(): void {
    const known = this.#connection === undefined ? this.#checked : this.#door;
    this.#checked = undefined;
    if (known === undefined) void this.#ask((door) => this.#open(door));
    else this.#open(known);
  }

  async #ask(then: (door: Door) => void): Promise<void> {
    const { endpoint, headers, askDoor } = this.#options;
    this.#state = { at: 'asking' };
    const answer = await askDoor(endpoint, headers);
    if (this.#state.at !== 'asking') return;
    if (!answer.ok) return this.#refused(answer.failure);
    this.#door = answer.value;
    then(answer.value);
  }

  #open(door: Door): void {
    const { endpoint, headers, openSocket } = this.#options;
    const id = this.#connection;
    const resuming = id === undefined ? {} : { [CONNECTION_ID]: id, [RECEIVED]: String(this.#received) };
    const socket = openSocket(
      endpoint.socket,
      { ...headers, ...resuming },
      {
        opened: (head) => (id === undefined ? this.#connected(socket, head, door) : this.#resumed(socket, head)),
        message: (text) => {
          this.#received += 1;
          this.#reader.message(text);
        },
        refused: (status, body) => this.#refused({ reason: 'refused', status, body }),
        closed: (code, reason) => this.#closed(code, reason),
      },
    );
    this.#state = { at: 'opening', socket };
  }

  #connected(socket: DoorSocket, head: Headers, door: Door): void {
    this.#received = 0;
    // A server of acpremote has none.
    this.#connection = head.get(CONNECTION_ID) ?? undefined;
    const { sent, unsent } = this.#frames.clear();
    this.#isOpen(socket, undefined);
    this.#reader.connected(door, sent, unsent);
  }

  #resumed(socket: DoorSocket, head: Headers): void {
    const arrived = head.get(RECEIVED);
    if (arrived === null || !/^\d+$/.test(arrived) || !this.#frames.counted(Number(arrived))) {
      socket.drop();
      return this.#lose();
    }
    this.#frames.rewind();
    this.#isOpen(socket, this.#received);
    this.#flush(socket);
    if (this.#isFinishing) socket.close();
  }

  #isOpen(socket: DoorSocket, resumedAt: number | undefined): void {
    this.#state = { at: 'open', socket, since: this.#options.clock.monotonic(), resumedAt };
    if (this.#isPaused) socket.pause();
    this.#reader.trouble(undefined);
  }

  #sendOn(socket: DoorSocket): void {
    if (!socket.isStale) return this.#flush(socket);
    // What was not sent can be sent later, whatever has become of the connection.
    socket.drop();
    this.#closed(CLOSE_CODES.abnormal, 'the server was silent');
  }

  #flush(socket: DoorSocket): void {
    for (const { text } of this.#frames.take()) socket.send(text);
  }

  /** The server does not know the connection any more. */
  #lose(): void {
    this.#connection = undefined;
    if (this.#isFinishing && !this.#hasToDeliver()) this.#end();
    else this.#connect();
  }

  #refused(refusal: Refusal): void {
    const resuming = this.#connection !== undefined && this.#state.at === 'opening';
    switch (verdictOf(refusal, { resuming, wasReached: this.#door !== undefined })) {
      case 'connection-gone':
        return this.#lose();
      case 'final':
        return this.#end(refusal);
      case 'again':
        return this.#broke(refusal);
    }
  }

  #closed(code: number, reason: string): void {
    if (this.#state.at === 'open') {
      if (this.#isFinishing && code === CLOSE_CODES.normal) return this.#end();
      const { since, resumedAt } = this.#state;
      // A connection that is new after each break must not be tried as often as one that gets further each time.
      const gotFurther = resumedAt !== undefined && this.#received > resumedAt;
      if (gotFurther || this.#options.clock.monotonic() - since >= STEADY_MS) this.#retry.reset();
    }
    const said = reason === '' ? '' : `: ${reason}`;
    this.#broke({ reason: 'unreachable', detail: `the connection was closed (${code}${said})` });
  }

  #broke(refusal: Refusal): void {
    const isOver = this.#isFinishing ? !this.#hasToDeliver() : !this.isNeeded && this.#frames.size === 0;
    if (isOver && this.#isFinishing) return this.#end();
    if (isOver) {
      this.#state = { at: 'idle' };
      return;
    }
    const pauseMs = this.#retry.next();
    if (pauseMs === undefined) return this.#end(refusal);
    this.#reader.trouble(
      refusal.reason === 'unreachable' ? refusal.detail : `it answers with status ${refusal.status}`,
    );
    this.#state = { at: 'waiting', timer: this.#options.clock.after(pauseMs, () => this.#connect()) };
  }

  /** Without a connection to go on with, what was sent on the last one is lost. */
  #hasToDeliver(): boolean {
    return this.#connection === undefined ? this.#frames.hasUnsent : this.#frames.size > 0;
  }

  #end(refusal?: Refusal): void {
    if (this.#state.at === 'waiting') this.#state.timer[Symbol.dispose]();
    if (this.#state.at === 'open' || this.#state.at === 'opening') this.#state.socket.drop();
    this.#state = { at: 'ended' };
    this.#reader.ended(refusal && { ...refusal, wasReached: this.#door !== undefined });
  }
}
