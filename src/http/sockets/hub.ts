/**
 * All open sockets of this server, of every kind: upgrades, how many there may be, which peers still answer, and the
 * closing of all. What travels over a socket is its kind's own affair (kind.ts).
 *
 * The gateway has checked Host and Origin before; a foreign page gets no upgrade. For a wrong key each kind closes the
 * socket once it is open, as inherited clients expect. It costs an upgrade and nothing after it: no state is kept, and Bun
 * lets go of the connection within five seconds even if the peer does not.
 */
import type { Clock } from '../../core/clock.ts';
import { CLOSE_CODES } from '../../core/close-codes.ts';
import { messageOf } from '../../core/failure.ts';
import type { Log } from '../../core/log.ts';
import { mayUse, type Caller } from '../caller.ts';
import { LiveExchanges } from '../live-exchanges.ts';
import { refusalResponse } from '../wire/failures.ts';
import { Heartbeat, type Peer } from './heartbeat.ts';
import type { SocketHandler, SocketKind, SocketRefusal, Wire } from './kind.ts';

/** The key was deleted or rotated, or its time is over. */
const KEY_ENDED = 'API key is no longer valid';
/** Open at once, over all kinds: each may hold a third of a mebibyte for a slow reader. */
const MAX_SOCKETS = 1000;
/** A longer frame closes the socket while it arrives. Kinds may refuse shorter ones in their own words. */
const MAX_FRAME_BYTES = 1024 * 1024;
/** Where Bun itself drops frames: never reached by a kind that looks at what `send` answers. */
const DROP_BYTES = 1024 * 1024;

export interface SocketData {
  readonly kind: SocketKind;
  readonly query: URLSearchParams;
  /** Undefined: the key is missing or wrong. */
  readonly caller: Caller | undefined;
  /** Set while it is open. */
  socket?: OpenSocket;
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
  readonly #kinds: ReadonlyMap<string, SocketKind>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #max: number;
  readonly #live: LiveExchanges;
  readonly #open = new Set<OpenSocket>();
  readonly #heartbeat: Heartbeat;
  #closed = false;

  constructor({ kinds, clock, log, max = MAX_SOCKETS, live = new LiveExchanges() }: HubOptions) {
    this.#kinds = new Map(kinds.map((kind) => [kind.path, kind]));
    this.#clock = clock;
    this.#log = log;
    this.#max = max;
    this.#live = live;
    this.#heartbeat = new Heartbeat(this.#open, clock);
  }

  /** The kind of sockets at that path of the main port. */
  kindAt(path: string): SocketKind | undefined {
    return this.#kinds.get(path);
  }

  /** Undefined when the request has become a socket. */
  upgrade(
    request: Request,
    server: Bun.Server<SocketData>,
    data: Pick<SocketData, 'kind' | 'query' | 'caller'>,
  ): Response | undefined {
    if (this.#closed) return refusalResponse({ reason: 'shutting-down' });
    return server.upgrade(request, { data: { ...data } }) ? undefined : refusalResponse({ reason: 'upgrade-required' });
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
      socket?.heard();
      this.#safely(ws, () => socket?.handler.message(message));
    },
    drain: (ws) => {
      const { socket } = ws.data;
      // Reading counts as life: a slow line may hold a pong back behind megabytes of output.
      socket?.heard();
      this.#safely(ws, () => socket?.handler.drained());
    },
    ping: ({ data }) => data.socket?.heard(),
    pong: ({ data }) => data.socket?.heard(),
    close: ({ data }) => this.#forget(data),
  };

  #forget(data: SocketData): void {
    const { socket } = data;
    if (socket === undefined) return;
    // From here on nothing that the peer sends is heard.
    delete data.socket;
    socket[Symbol.dispose]();
    this.#open.delete(socket);
    socket.handler.closed();
  }

  /** With the code of a key that never was valid: to its client there is no difference. */
  #endWithKey(ws: Bun.ServerWebSocket<SocketData>): void {
    this.#safely(ws, () => this.#forget(ws.data));
    ws.close(CLOSE_CODES.unauthorized, KEY_ENDED);
  }

  /** A bug in one socket costs that socket. Thrown in a handler of Bun's, it would only show in the exit code. */
  #safely(ws: Bun.ServerWebSocket<SocketData>, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#log.error('a socket failed', { path: ws.data.kind.path, detail: messageOf(error) });
      ws.close(CLOSE_CODES.internalError, 'Internal error');
    }
  }

  #begin(ws: Bun.ServerWebSocket<SocketData>): void {
    const { kind, query, caller } = ws.data;
    const refusal = this.#refusal(ws.data);
    if (refusal !== undefined || caller === undefined) return kind.refuse(ws, refusal ?? { reason: 'key-invalid' });
    const handler = kind.open(ws, query, caller);
    const live = this.#live.add(caller.keyId, () => this.#endWithKey(ws));
    const socket = new OpenSocket(ws, handler, this.#clock, live);
    ws.data.socket = socket;
    this.#open.add(socket);
    this.#heartbeat.wake();
    socket.handler.begin();
  }

  #refusal({ kind, query, caller }: SocketData): SocketRefusal | undefined {
    if (caller === undefined) return { reason: 'key-invalid' };
    const scope = kind.scopeOf(query);
    if (!mayUse(caller, scope)) return { reason: 'scope-missing', scope };
    return this.#open.size >= this.#max ? { reason: 'too-many-sockets', limit: this.#max } : undefined;
  }

  /** Every socket is closed with 1001, and no other is opened. */
  [Symbol.dispose](): void {
    this.#closed = true;
    this.#heartbeat[Symbol.dispose]();
    for (const { handler } of this.#open) handler.goAway();
  }
}

/** One open socket, with when its peer was last heard of. */
class OpenSocket implements Peer, Disposable {
  readonly handler: SocketHandler;
  readonly #wire: Wire;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #live: Disposable;
  lastHeardAt: number;

  constructor(wire: Wire, handler: SocketHandler, clock: Pick<Clock, 'monotonic'>, live: Disposable) {
    this.#live = live;
    this.#wire = wire;
    this.handler = handler;
    this.#clock = clock;
    this.lastHeardAt = clock.monotonic();
  }

  heard(): void {
    this.lastHeardAt = this.#clock.monotonic();
  }

  ping(): void {
    this.#wire.ping();
  }

  disconnect(): void {
    this.#wire.terminate();
  }

  [Symbol.dispose](): void {
    this.#live[Symbol.dispose]();
  }
}

export const wantsSocket = (request: Request): boolean => request.headers.get('upgrade')?.toLowerCase() === 'websocket';
