/**
 * All sockets of this server: who may open one, and Bun's events turned into calls.
 *
 * A foreign Host or Origin gets 403 and no upgrade. A wrong key is told by close code 3401, as inherited clients
 * expect, and costs an upgrade and nothing after it: no state is kept, and Bun lets go of the connection within five
 * seconds even if the peer does not.
 */
import { CLOSE_CODES } from '../../core/close-codes.ts';
import type { Result } from '../../core/failure.ts';
import { type HttpFailure, refuse, sentenceFor } from '../failures.ts';
import type { Guard } from '../guard.ts';
import type { Tickets } from '../tickets.ts';
import { Heartbeat } from './heartbeat.ts';
import { DROP_BYTES } from './socket-line.ts';
import { planSocket, type SocketPlan } from './socket-plan.ts';
import { type SocketRooms, TerminalSocket } from './terminal-socket.ts';

/** Open at once, over all terminals: each may hold a third of a mebibyte for a slow reader. */
const MAX_SOCKETS = 1000;
/** Between 64 KiB and this, a frame is ignored with a reason; beyond it, the socket is closed while it arrives. */
const MAX_FRAME_BYTES = 1024 * 1024;

/** Path of the sockets on the main port; on their own port every path is one. */
export const SOCKET_PATH = '/terminal';

export interface SocketData {
  readonly admitted: boolean;
  readonly plan: Result<SocketPlan, HttpFailure>;
  /** Set once it is open, for those that are admitted. */
  socket?: TerminalSocket;
}

export interface SocketsOptions extends SocketRooms {
  readonly guard: Guard;
  readonly tickets: Tickets;
  /** Sockets open at once. Default 1000. */
  readonly most?: number;
}

export class TerminalSockets implements Disposable {
  readonly #options: SocketsOptions;
  readonly #open = new Set<TerminalSocket>();
  readonly #heartbeat: Heartbeat;
  #closed = false;

  constructor(options: SocketsOptions) {
    this.#options = options;
    this.#heartbeat = new Heartbeat(this.#open, options.clock);
  }

  /** Undefined when it has become a socket. */
  upgrade(request: Request, server: Bun.Server<SocketData>): Response | undefined {
    const { guard, tickets } = this.#options;
    const refused = guard.checkSource(request);
    if (refused !== undefined) return refuse(refused);
    if (this.#closed) return refuse({ reason: 'shutting-down' });
    if (!wantsSocket(request)) return refuse({ reason: 'upgrade-required' });
    const query = URL.parse(request.url)?.searchParams ?? new URLSearchParams();
    const admitted = guard.hasKey(request) || tickets.redeem(query.get('ticket') ?? '');
    const data: SocketData = { admitted, plan: planSocket(query) };
    return server.upgrade(request, { data }) ? undefined : refuse({ reason: 'upgrade-required' });
  }

  readonly handlers: Bun.WebSocketHandler<SocketData> = {
    maxPayloadLength: MAX_FRAME_BYTES,
    backpressureLimit: DROP_BYTES,
    // Compressing what a PTY gives byte by byte costs more than loopback and a tunnel's own compression are worth.
    perMessageDeflate: false,
    // The heartbeat looks after that, and tells a slow peer from one that is gone.
    idleTimeout: 0,
    sendPings: false,
    open: (ws) => this.#begin(ws),
    message: ({ data }, message) => data.socket?.message(message),
    drain: ({ data }) => data.socket?.drained(),
    ping: ({ data }) => data.socket?.heard(),
    pong: ({ data }) => data.socket?.heard(),
    close: ({ data: { socket } }) => {
      if (socket === undefined) return;
      this.#open.delete(socket);
      socket.closed();
    },
  };

  #begin(ws: Bun.ServerWebSocket<SocketData>): void {
    const { admitted, plan } = ws.data;
    if (!admitted) return ws.close(CLOSE_CODES.unauthorized, 'Invalid API key');
    const socket = new TerminalSocket(ws, this.#options);
    const { most = MAX_SOCKETS } = this.#options;
    if (this.#open.size >= most) return socket.refuse(CLOSE_CODES.tryAgainLater, `Max sockets (${most}) reached`);
    if (!plan.ok) return socket.refuse(CLOSE_CODES.policyViolation, sentenceFor(plan.failure));
    ws.data.socket = socket;
    this.#open.add(socket);
    this.#heartbeat.wake();
    socket.begin(plan.value);
  }

  /** Every socket is closed with 1001, and no other is opened. */
  [Symbol.dispose](): void {
    this.#closed = true;
    this.#heartbeat[Symbol.dispose]();
    for (const socket of this.#open) socket.goAway();
  }
}

export const wantsSocket = (request: Request): boolean => request.headers.get('upgrade')?.toLowerCase() === 'websocket';
