/**
 * All open sockets of this server, of every kind: upgrades, how many there may be, which peers still answer, and the
 * closing of all. What travels over a socket is its kind's own affair (kind.ts).
 *
 * The gateway has checked Host and Origin before; a foreign page gets no upgrade. Whoever may have no socket is told so in the
 * words of the kind: by an answer, or by a socket that is closed once it is open, as inherited clients expect. That costs an
 * upgrade and nothing after it: no state is kept, and Bun lets go of the connection within five seconds even if the peer does not.
 */
import type { Clock } from '../../core/clock.ts';
import { CLOSE_CODES } from '../../core/close-codes.ts';
import { messageOf } from '../../core/failure.ts';
import type { Log } from '../../core/log.ts';
import { mayUse, type Caller } from '../caller.ts';
import { LiveExchanges } from '../live-exchanges.ts';
import { PathTable } from '../path-table.ts';
import { noteSubject } from '../subject.ts';
import { refusalResponse } from '../wire/failures.ts';
import { Heartbeat } from './heartbeat.ts';
import type { PreparedSocket, SocketKind, SocketRefusal, SocketRequest, Wire } from './kind.ts';
import { isLongerThan } from './frame-length.ts';
import { OpenSocket } from './open-socket.ts';

/** The key was deleted or rotated, or its time is over. */
const KEY_ENDED = 'API key is no longer valid';
/** Open at once, over all kinds: each may hold a mebibyte, or one message, for a slow reader. */
const MAX_SOCKETS = 1000;
/** Bun has one limit for all kinds: a longer frame closes the socket while it arrives. */
const MAX_FRAME_BYTES = 16 * 1024 * 1024;
/** Of a kind that says nothing else. */
const USUAL_FRAME_BYTES = 1024 * 1024;
/**
 * Where Bun itself drops frames, without a word: more than any kind leaves unread, which is a mebibyte and the largest message,
 * one of 64 MiB.
 */
const DROP_BYTES = 80 * 1024 * 1024;

interface Admitted {
  readonly caller: Caller;
  readonly prepared: PreparedSocket;
}

/** A socket that is closed right away. */
interface Refused {
  readonly status: number;
  readonly close: (wire: Wire) => void;
}

export interface SocketData {
  readonly kind: SocketKind;
  readonly begins: Admitted | Refused;
  /** Set while it is open. */
  socket?: OpenSocket;
}

export interface Asked extends SocketRequest {
  readonly kind: SocketKind;
  /** Undefined: the key is missing or wrong. */
  readonly caller: Caller | undefined;
}

export interface Upgraded {
  /** Undefined: the request has become a socket. */
  readonly answer: Response | undefined;
  /** 101, or why there is no socket; also of one that was opened only to be told so. */
  readonly status: number;
}

export interface HubOptions {
  readonly kinds: readonly SocketKind[];
  readonly clock: Clock;
  readonly log: Log;
  /** Sockets open at once. Default 1000. */
  readonly max?: number;
  /** Told of every open socket. Default: one that nobody asks. */
  readonly live?: LiveExchanges;
}

export class SocketHub implements Disposable {
  readonly #kinds = new PathTable<SocketKind>();
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #max: number;
  readonly #live: LiveExchanges;
  readonly #open = new Set<OpenSocket>();
  readonly #heartbeat: Heartbeat;
  /** Not open yet, because its kind takes a while to prepare it. */
  #preparing = 0;
  #closed = false;

  constructor({ kinds, clock, log, max = MAX_SOCKETS, live = new LiveExchanges() }: HubOptions) {
    for (const kind of kinds) for (const path of kind.paths) this.#kinds.of(path, () => kind);
    this.#clock = clock;
    this.#log = log;
    this.#max = max;
    this.#live = live;
    this.#heartbeat = new Heartbeat(this.#open, clock);
  }

  /** The kind of sockets at that path of the main port. */
  kindAt(path: string): SocketKind | undefined {
    return this.#kinds.at(path);
  }

  /** A promise only where its kind takes a while to prepare one. */
  upgrade(asked: Asked, server: Bun.Server<SocketData>): Upgraded | Promise<Upgraded> {
    if (this.#closed) return answered(refusalResponse({ reason: 'shutting-down' }));
    const begins = this.#begins(asked);
    return begins instanceof Promise
      ? begins.then((settled) => this.#upgrade(asked, settled, server))
      : this.#upgrade(asked, begins, server);
  }

  #upgrade({ kind, request }: Asked, begins: Admitted | Refused | Response, server: Bun.Server<SocketData>): Upgraded {
    if (begins instanceof Response) return answered(begins);
    const prepared = 'prepared' in begins ? begins.prepared : undefined;
    if (prepared?.subject !== undefined) noteSubject(request, prepared.subject);
    if (server.upgrade(request, { headers: prepared?.headers ?? {}, data: { kind, begins } }))
      return { answer: undefined, status: 'status' in begins ? begins.status : 101 };
    prepared?.abandon?.();
    return answered(refusalResponse({ reason: 'upgrade-required' }));
  }

  #begins(asked: Asked): Admitted | Refused | Response | Promise<Admitted | Response> {
    const { kind, query, caller } = asked;
    if (caller === undefined) return refused(kind, { reason: 'key-invalid' }, 401);
    const scope = kind.scopeOf(query);
    if (!mayUse(caller, scope)) return refused(kind, { reason: 'scope-missing', scope }, 403);
    const limit = this.#max;
    // It counts as a socket all the same where it is opened to be told so.
    if (this.#open.size + this.#preparing >= limit) return refused(kind, { reason: 'too-many-sockets', limit }, 101);
    const prepared = kind.prepare(asked, caller);
    if (prepared instanceof Promise) return this.#whenPrepared(prepared, caller);
    return prepared instanceof Response ? prepared : { caller, prepared };
  }

  /** Meanwhile the key may end, or the server. */
  async #whenPrepared(preparing: Promise<PreparedSocket | Response>, caller: Caller): Promise<Admitted | Response> {
    let revoked = false;
    using _live = this.#live.add(caller.keyId, () => void (revoked = true));
    this.#preparing += 1;
    try {
      const prepared = await preparing;
      if (prepared instanceof Response) return prepared;
      if (!revoked && !this.#closed) return { caller, prepared };
      prepared.abandon?.();
      return refusalResponse({ reason: revoked ? 'key-invalid' : 'shutting-down' });
    } finally {
      this.#preparing -= 1;
    }
  }

  readonly handlers: Bun.WebSocketHandler<SocketData> = {
    maxPayloadLength: MAX_FRAME_BYTES,
    backpressureLimit: DROP_BYTES,
    // Compressing what a PTY gives byte by byte costs more than loopback and a tunnel's own compression are worth.
    perMessageDeflate: false,
    // The heartbeat does that, and tells a slow peer from one that is gone.
    idleTimeout: 0,
    sendPings: false,
    open: (ws) => this.#safely(ws, () => this.#begin(ws)),
    message: (ws, message) => {
      const { socket } = ws.data;
      if (socket === undefined) return;
      socket.heard();
      if (isLongerThan(message, ws.data.kind.maxFrameBytes ?? USUAL_FRAME_BYTES))
        return ws.close(CLOSE_CODES.messageTooBig, 'Received too big message');
      this.#safely(ws, () => socket.handler.message(message));
    },
    drain: (ws) => {
      const { socket } = ws.data;
      // Reading counts as life: a slow line may hold a pong back behind megabytes of output.
      socket?.heard();
      this.#safely(ws, () => socket?.handler.drained());
    },
    ping: ({ data }) => data.socket?.heard(),
    pong: ({ data }) => data.socket?.heard(),
    close: ({ data }, code, reason) => this.#forget(data, code, reason),
  };

  #forget(data: SocketData, code: number, reason: string): void {
    const { socket } = data;
    if (socket === undefined) return;
    // From here on nothing that the peer sends is heard.
    delete data.socket;
    socket[Symbol.dispose]();
    this.#open.delete(socket);
    socket.handler.closed(code, reason);
  }

  /** With the code of a key that never was valid: to its client there is no difference. */
  #endWithKey(ws: Bun.ServerWebSocket<SocketData>): void {
    this.#safely(ws, () => this.#forget(ws.data, CLOSE_CODES.unauthorized, KEY_ENDED));
    ws.close(CLOSE_CODES.unauthorized, KEY_ENDED);
  }

  /** A bug in one socket costs that socket. Thrown in a handler of Bun's, it would only show in the exit code. */
  #safely(ws: Bun.ServerWebSocket<SocketData>, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#log.error('a socket failed', { path: ws.data.kind.paths[0], detail: messageOf(error) });
      ws.close(CLOSE_CODES.internalError, 'Internal error');
    }
  }

  #begin(ws: Bun.ServerWebSocket<SocketData>): void {
    const { kind, begins } = ws.data;
    if ('close' in begins) return begins.close(ws);
    const { caller, prepared } = begins;
    const handler = prepared.open(ws);
    const live = this.#live.add(caller.keyId, () => this.#endWithKey(ws));
    const socket = new OpenSocket(kind, ws, handler, this.#clock, live);
    ws.data.socket = socket;
    this.#open.add(socket);
    this.#heartbeat.wake();
    socket.handler.begin();
  }

  /** Every socket is closed with 1001, and no other is opened. */
  [Symbol.dispose](): void {
    this.#closed = true;
    this.#heartbeat[Symbol.dispose]();
    for (const { handler } of this.#open) handler.goAway();
  }
}

/** Only GET opens one (RFC 6455, 4.1). */
export const wantsSocket = ({ method, headers }: Request): boolean =>
  method === 'GET' && headers.get('upgrade')?.toLowerCase() === 'websocket';

const answered = (answer: Response): Upgraded => ({ answer, status: answer.status });

function refused(kind: SocketKind, refusal: SocketRefusal, status: number): Refused | Response {
  const how = kind.refuse(refusal);
  return how instanceof Response ? how : { status, close: how };
}
