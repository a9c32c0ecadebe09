/**
 * The broker as transports see it, in memory: its agent is a function that is told every message and may send any. What the real
 * one keeps in logs is an array here.
 */
import type {
  ClientConnection,
  Clients,
  ConnectFailure,
  ConnectionEnd,
  ConnectRequest,
  Initialized,
  Outbox,
  OutboxFailure,
  OutboxReader,
  OutboxReading,
  ReceiveFailure,
} from '../../../src/agents/clients/client.ts';
import type { Fields } from '../../../src/agents/session/entry.ts';
import { fail, ok, type Result } from '../../../src/core/failure.ts';
import { echoAgent, type Agent, type Listener } from './echo-agent.ts';

export interface FakeClientsOptions {
  readonly agents?: readonly string[];
  readonly agent?: Agent;
  readonly maxRequests?: number;
  readonly maxStreams?: number;
  /** Refuses what would be a new connection. */
  readonly refuses?: () => ConnectFailure | undefined;
}

export class FakeClients implements Clients {
  readonly cwd = '/srv/work';
  readonly connections: FakeConnection[] = [];
  readonly requests: ConnectRequest[] = [];
  readonly options: Required<FakeClientsOptions>;

  constructor(options: FakeClientsOptions = {}) {
    this.options = {
      agents: ['echo', 'other'],
      agent: echoAgent,
      maxRequests: 32,
      maxStreams: 64,
      refuses: () => undefined,
      ...options,
    };
  }

  agent(id: string | undefined): Result<string, ConnectFailure> {
    const { agents } = this.options;
    const found = id === undefined ? agents[0] : agents.find((one) => one === id);
    return found === undefined
      ? fail({ reason: 'agent-unknown', detail: `no agent ${id ?? ''} is installed` })
      : ok(found);
  }

  connect(request: ConnectRequest): Result<FakeConnection, ConnectFailure> {
    const refused = this.options.refuses();
    return refused === undefined ? ok(this.made(request)) : fail(refused);
  }

  made(request: ConnectRequest): FakeConnection {
    const connection = new FakeConnection(request, this.options);
    this.requests.push(request);
    this.connections.push(connection);
    return connection;
  }

  find(id: string, keyId: string): FakeConnection | undefined {
    return this.connections.find((one) => one.id === id && one.request.keyId === keyId && one.state !== 'ended');
  }

  /** The newest one. */
  get newest(): FakeConnection {
    const connection = this.connections.at(-1);
    if (connection === undefined) throw new Error('nobody has connected');
    return connection;
  }
}

export class FakeConnection implements ClientConnection, Listener {
  readonly id = crypto.randomUUID();
  readonly request: ConnectRequest;
  readonly outbox = new FakeOutbox();
  readonly heard: Fields[] = [];
  readonly #options: Required<FakeClientsOptions>;
  readonly #sessions = new Map<string, FakeOutbox>();
  /** Ids of the client's requests that wait for their answers. */
  readonly open = new Set<unknown>();
  /** Ids of the agent's requests, and the session that each stands in. */
  readonly asked = new Map<unknown, string | undefined>();
  readonly #answeredIn = new Map<unknown, string | undefined>();
  readonly #ended = Promise.withResolvers<ConnectionEnd>();
  #initialized: ((answer: Initialized) => void) | undefined;
  state: 'new' | 'open' | 'ended' = 'new';
  attached = 0;
  /** While it is set, the agent takes nothing. */
  stalled = false;

  constructor(request: ConnectRequest, options: Required<FakeClientsOptions>) {
    this.request = request;
    this.#options = options;
  }

  get agent(): string {
    return this.request.agent;
  }

  get door(): ConnectRequest['door'] {
    return this.request.door;
  }

  get received(): number {
    return this.heard.length;
  }

  get ended(): Promise<ConnectionEnd> {
    return this.#ended.promise;
  }

  sessionOutbox(sessionId: string): FakeOutbox | undefined {
    if (!this.request.outboxPerSession) throw new Error('its sessions have no outboxes');
    const known = this.#sessions.get(sessionId);
    if (known !== undefined) return known;
    if (this.#sessions.size >= this.#options.maxStreams) return undefined;
    const outbox = new FakeOutbox();
    this.#sessions.set(sessionId, outbox);
    return outbox;
  }

  sessionOf(requestId: unknown): string | undefined {
    return this.asked.get(requestId);
  }

  initialize(message: Fields): Promise<Initialized> {
    const { promise, resolve } = Promise.withResolvers<Initialized>();
    this.#initialized = resolve;
    this.#tell(message);
    return promise;
  }

  receive(message: Fields, session?: string): Result<undefined, ReceiveFailure> {
    const { id, method } = message;
    if (this.state === 'ended') return fail({ reason: 'connection-ended' });
    if (this.stalled) return fail({ reason: 'agent-stalled', limit: 256 });
    const isRequest = method !== undefined && id !== undefined;
    if (isRequest && this.open.size >= this.#options.maxRequests)
      return fail({ reason: 'too-many-requests', limit: this.#options.maxRequests });
    // What makes or loads a session is answered where nothing is said of one.
    if (method !== 'session/load') this.#answeredIn.set(id, session);
    if (method === 'initialize' && this.state === 'open')
      this.send({ jsonrpc: '2.0', id, error: { code: -32_600, message: 'initialized already' } });
    else this.#tell(message);
    return ok(undefined);
  }

  #tell(message: Fields): void {
    const { id, method } = message;
    if (method !== undefined && id !== undefined) this.open.add(id);
    if (method === undefined) this.asked.delete(id);
    this.heard.push(message);
    this.#options.agent(message, this);
  }

  reject(code: number, message: string): void {
    this.send({ jsonrpc: '2.0', id: null, error: { code, message } });
  }

  attach(): Disposable {
    this.attached += 1;
    return { [Symbol.dispose]: () => void (this.attached -= 1) };
  }

  close(): void {
    this.end('closed');
  }

  /** What the agent sends, to the stream of that session where there are such. */
  send(message: Fields, given?: string): void {
    const { id, method } = message;
    const session = given ?? (method === undefined ? this.#answeredIn.get(id) : undefined);
    if (method === undefined) this.open.delete(id);
    else if (id !== undefined) this.asked.set(id, this.request.outboxPerSession ? session : undefined);
    const text = JSON.stringify(message);
    if (method === undefined && this.#initialized !== undefined) return this.#answerInitialize(message, text);
    if (method === undefined && this.state === 'new' && 'result' in message) this.state = 'open';
    const outbox = session === undefined || !this.request.outboxPerSession ? this.outbox : this.sessionOutbox(session);
    outbox?.add(text);
  }

  #answerInitialize(message: Fields, text: string): void {
    const isOk = 'result' in message;
    this.state = isOk ? 'open' : 'ended';
    this.#initialized?.({ ok: isOk, text });
    this.#initialized = undefined;
    if (!isOk) this.#ended.resolve('agent-gone');
  }

  end(why: ConnectionEnd): void {
    if (this.state === 'ended') return;
    this.state = 'ended';
    this.#initialized?.({ ok: false, text: '{}' });
    this.#ended.resolve(why);
    for (const outbox of [this.outbox, ...this.#sessions.values()]) outbox.end(why);
  }
}

class FakeOutbox implements Outbox {
  readonly texts: string[] = [];
  #reader: OutboxReader | undefined;
  #position = 0;
  #end: ConnectionEnd | undefined;
  last = 0;
  /** Those up to this one are gone. */
  gone = 0;

  add(text: string): void {
    this.texts.push(text);
    this.#reader?.ready();
  }

  /** Nobody reads it. */
  get idle(): boolean {
    return this.#reader === undefined;
  }

  open(after: number | undefined, reader: OutboxReader): Result<OutboxReading, OutboxFailure> {
    if (after !== undefined && after > this.last) return fail({ reason: 'beyond-last', last: this.last });
    if (after !== undefined && after < this.gone) return fail({ reason: 'not-kept' });
    this.#leave('replaced');
    this.#reader = reader;
    this.#position = after ?? this.last;
    return ok({
      next: () => {
        if (this.#reader !== reader) return undefined;
        const text = this.texts[this.#position];
        if (text === undefined) {
          if (this.#end !== undefined) this.#leave(this.#end);
          return undefined;
        }
        this.#position += 1;
        this.last = Math.max(this.last, this.#position);
        return { number: this.#position, text };
      },
      [Symbol.dispose]: () => {
        if (this.#reader === reader) this.#reader = undefined;
      },
    });
  }

  end(why: ConnectionEnd): void {
    this.#end = why;
    if (why === 'closed') this.#leave(why);
    else this.#reader?.ready();
  }

  #leave(why: 'replaced' | ConnectionEnd): void {
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.ended(why);
  }
}
