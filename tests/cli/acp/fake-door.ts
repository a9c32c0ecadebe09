/**
 * A door in the process of the test, to the letter of its wire and to nothing else: that of an agent-server, whose connections
 * outlive their sockets, or that of acpremote, where an agent lives as long as its socket.
 */
import { FakeAgent, Sessions, type Message } from './fake-agent.ts';

export const KEY = 'key-of-the-fake-door';

interface Connection {
  readonly id: string;
  readonly agent: FakeAgent;
  /** All frames to the client. */
  readonly outbox: string[];
  received: number;
  socket: Bun.ServerWebSocket<Data> | undefined;
}

interface Data {
  readonly connection: Connection | undefined;
  /** Frames that the client says it has had. */
  readonly had: number;
}

export interface FakeDoorOptions {
  readonly wire?: 'acp' | 'acpremote';
  readonly remoteCwd?: string;
  readonly maxSize?: number;
  /** Metadata is not there, as on other servers of that wire. */
  readonly noMetadata?: boolean;
}

export class FakeDoor implements Disposable {
  readonly sessions = new Sessions();
  /** Messages of clients, in order, with what was sent twice. */
  readonly messages: Message[] = [];
  /** Requests to the door, upgrades too. */
  readonly requests: Request[] = [];
  /** Instead of what the door would answer. */
  refuse: ((request: Request) => Response | undefined) | undefined;
  /** Whether the link is to break at this frame, before (in) or after (out) it has passed. */
  cut: ((direction: 'in' | 'out', message: Message) => boolean) | undefined;
  opened = 0;
  readonly #options: Required<FakeDoorOptions>;
  readonly #connections = new Map<string, Connection>();
  readonly #server: Bun.Server<Data>;

  constructor(options: FakeDoorOptions = {}) {
    this.#options = { wire: 'acp', remoteCwd: '/srv/work', maxSize: 16_777_216, noMetadata: false, ...options };
    this.#server = Bun.serve<Data>({
      port: 0,
      hostname: '127.0.0.1',
      fetch: (request, server) => this.#answer(request, server),
      websocket: {
        maxPayloadLength: 64 * 1024 * 1024,
        // Beyond its default of 16 MiB Bun drops frames without a word.
        backpressureLimit: 256 * 1024 * 1024,
        idleTimeout: 0,
        open: (socket) => this.#open(socket),
        message: (socket, text) => this.#message(socket, String(text)),
        close: (socket, code) => this.#closed(socket, code),
      },
    });
  }

  get origin(): string {
    return this.#server.url.origin;
  }

  get url(): string {
    return this.#options.wire === 'acpremote' ? `${this.origin.replace('http', 'ws')}/acp/ws` : this.origin;
  }

  /** Bytes that wait for clients which do not read. */
  get buffered(): number {
    return [...this.#connections.values()].reduce((sum, { socket }) => sum + (socket?.getBufferedAmount() ?? 0), 0);
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** Those with this method, or the answers. */
  received(method: string | undefined): readonly Message[] {
    return this.messages.filter((message) => message['method'] === method);
  }

  /** Breaks what is connected. */
  breakLinks(): void {
    for (const { socket } of this.#connections.values()) socket?.terminate();
  }

  /** What it knew of connections is gone, and their agents with it. */
  restart(): void {
    const gone = [...this.#connections.values()];
    this.#connections.clear();
    for (const { socket } of gone) socket?.terminate();
  }

  [Symbol.dispose](): void {
    void this.#server.stop(true);
  }

  #answer(request: Request, server: Bun.Server<Data>): Response | undefined {
    this.requests.push(request);
    const refusal = this.refuse?.(request);
    if (refusal !== undefined) return refusal;
    const { pathname } = new URL(request.url);
    if (pathname === '/healthz') return new Response('ok\n');
    const isRemote = this.#options.wire === 'acpremote';
    if (!this.#isAllowed(request))
      return isRemote
        ? new Response('missing or invalid bearer token\n', { status: 401 })
        : Response.json({ error: 'invalid or missing API key' }, { status: 401 });
    if (request.headers.get('upgrade') === null) return this.#metadata(pathname);
    const id = request.headers.get('acp-connection-id');
    if (isRemote || id === null) return this.#upgrade(server, request, this.#connect(), 0);
    const connection = this.#connections.get(id);
    if (connection === undefined) return Response.json({ error: 'unknown connection' }, { status: 404 });
    return this.#upgrade(server, request, connection, Number(request.headers.get('acp-received-frames')));
  }

  #isAllowed({ headers }: Request): boolean {
    return this.#options.wire === 'acpremote'
      ? headers.get('authorization') === `Bearer ${KEY}` && headers.get('x-api-key') === null
      : headers.get('x-api-key') === KEY;
  }

  #metadata(pathname: string): Response {
    const { wire, remoteCwd, maxSize, noMetadata } = this.#options;
    const known = wire === 'acpremote' ? ['/acp'] : ['/acp', '/acp/claude'];
    if (noMetadata || !known.includes(pathname))
      return Response.json({ error: `there is no agent at ${pathname}` }, { status: 404 });
    return Response.json({
      transport_kind: 'websocket',
      transport_version: 1,
      package_version: '1.2.3',
      auth_required: true,
      supported_auth_modes: ['bearer'],
      max_size: maxSize,
      max_queue: 16,
      compression: null,
      health_path: '/healthz',
      metadata_path: '/acp',
      websocket_path: '/acp/ws',
      supported_agent_families: ['fake'],
      remote_cwd: remoteCwd,
    });
  }

  #connect(): Connection {
    this.opened += 1;
    const connection: Connection = {
      id: crypto.randomUUID(),
      agent: new FakeAgent(this.sessions, (message) => this.#send(connection, message)),
      outbox: [],
      received: 0,
      socket: undefined,
    };
    this.#connections.set(connection.id, connection);
    return connection;
  }

  #upgrade(server: Bun.Server<Data>, request: Request, connection: Connection, had: number): Response | undefined {
    const headers: Record<string, string> =
      this.#options.wire === 'acpremote'
        ? {}
        : { 'Acp-Connection-Id': connection.id, 'Acp-Received-Frames': String(connection.received) };
    return server.upgrade(request, { headers, data: { connection, had } })
      ? undefined
      : new Response('upgrade failed', { status: 500 });
  }

  #open(socket: Bun.ServerWebSocket<Data>): void {
    const { connection, had } = socket.data;
    if (connection === undefined) return;
    const old = connection.socket;
    connection.socket = socket;
    old?.close(1001);
    for (const text of connection.outbox.slice(had)) socket.send(text);
  }

  #send(connection: Connection, message: Message): void {
    // A process that is gone says nothing.
    if (!this.#connections.has(connection.id)) return;
    const text = JSON.stringify(message);
    connection.outbox.push(text);
    const { socket } = connection;
    socket?.send(text);
    if (socket !== undefined && this.cut?.('out', message) === true) socket.terminate();
  }

  #message(socket: Bun.ServerWebSocket<Data>, text: string): void {
    const { connection } = socket.data;
    if (connection === undefined || connection.socket !== socket) return;
    const message = JSON.parse(text) as Message;
    if (this.cut?.('in', message) === true) return socket.terminate();
    connection.received += 1;
    this.messages.push(message);
    void connection.agent.receive(message);
  }

  #closed(socket: Bun.ServerWebSocket<Data>, code: number): void {
    const { connection } = socket.data;
    if (connection === undefined || connection.socket !== socket) return;
    connection.socket = undefined;
    if (code === 1000 || this.#options.wire === 'acpremote') this.#connections.delete(connection.id);
  }
}
