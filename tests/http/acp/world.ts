/** The doors on a real port, over a broker in memory. */
import { silentLog } from '../../../src/core/log.ts';
import { systemClock, type Clock } from '../../../src/core/clock.ts';
import { acpRoutes } from '../../../src/http/acp/routes.ts';
import { acpSocketKinds } from '../../../src/http/acp/socket-kinds.ts';
import type { Caller, Scope } from '../../../src/http/caller.ts';
import { Gateway, type Exchange } from '../../../src/http/gateway.ts';
import { Guard } from '../../../src/http/guard.ts';
import { LiveExchanges } from '../../../src/http/live-exchanges.ts';
import { SocketHub, type SocketData } from '../../../src/http/sockets/hub.ts';
import { ticketRoutes } from '../../../src/http/tickets/routes.ts';
import { Tickets } from '../../../src/http/tickets/tickets.ts';
import { application } from '../../../src/http/wire/routes.ts';
import { FakeClients, type FakeClientsOptions } from './fake-clients.ts';

export const KEY = 'the-key';

const caller = (keyId: string, ...scopes: Scope[]): Caller => ({ keyId, scopes: new Set(scopes) });

export interface DoorWorldOptions extends FakeClientsOptions {
  readonly clock?: Clock;
  readonly maxSockets?: number;
}

export class DoorWorld implements AsyncDisposable {
  readonly clients: FakeClients;
  readonly live = new LiveExchanges();
  readonly tickets: Tickets;
  readonly hub: SocketHub;
  readonly exchanges: Exchange[] = [];
  readonly bugs: unknown[] = [];
  /** Key → who brings it. */
  readonly keys = new Map([
    [KEY, caller('a', 'agents')],
    ['other-key', caller('b', 'agents', 'observe')],
    ['narrow-key', caller('c', 'observe')],
  ]);
  readonly #listener: Bun.Server<SocketData>;

  constructor({ clock = systemClock, maxSockets, ...options }: DoorWorldOptions = {}) {
    this.clients = new FakeClients(options);
    const doors = { clients: this.clients, live: this.live, clock };
    this.tickets = new Tickets(clock);
    const app = application((_request, error) => void this.bugs.push(error))
      .use(acpRoutes(doors))
      .use(ticketRoutes(this.tickets));
    this.hub = new SocketHub({
      kinds: acpSocketKinds(doors),
      clock,
      log: { ...silentLog, error: (_message, fields) => void this.bugs.push(fields) },
      live: this.live,
      ...(maxSockets !== undefined && { max: maxSockets }),
    });
    const gateway = new Gateway({
      app,
      guard: new Guard({ keys: { callerWith: (key) => this.keys.get(key) }, hosts: [] }),
      hub: this.hub,
      tickets: this.tickets,
      observers: [(exchange) => void this.exchanges.push(exchange)],
      live: this.live,
    });
    this.#listener = Bun.serve<SocketData>({
      hostname: '127.0.0.1',
      port: 0,
      development: false,
      // As the server has it: shorter than the pause between two comments of a silent stream.
      idleTimeout: 10,
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      fetch: (request, server) => gateway.fetch(request, server),
      websocket: this.hub.handlers,
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#listener.port}`;
  }

  get socketUrl(): string {
    return `ws://127.0.0.1:${this.#listener.port}`;
  }

  /** With the key, unless headers say otherwise. */
  async ask(
    method: string,
    path: string,
    { headers = {}, body }: { headers?: Readonly<Record<string, string>>; body?: unknown } = {},
  ): Promise<Response> {
    return fetch(`${this.url}${path}`, {
      method,
      headers: {
        'x-api-key': KEY,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  }

  /** Initializes over HTTP; the headers of what comes after it. */
  async connect(path = '/acp'): Promise<{ readonly 'acp-connection-id': string }> {
    const answer = await this.ask('POST', path, { body: INITIALIZE });
    const id = answer.headers.get('acp-connection-id');
    if (id === null) throw new Error(`not initialized: ${answer.status} ${await answer.text()}`);
    return { 'acp-connection-id': id };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.hub[Symbol.dispose]();
    await this.#listener.stop(true);
    if (this.bugs.length > 0)
      throw new Error(`bugs: ${this.bugs.map((bug) => JSON.stringify(bug) + String(bug)).join('; ')}`);
  }
}

export const INITIALIZE = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: 1, clientCapabilities: {} },
};

export const prompt = (session: string, text: string, id: number | string = 9) => ({
  jsonrpc: '2.0',
  id,
  method: 'session/prompt',
  params: { sessionId: session, prompt: [{ type: 'text', text }] },
});

/** `{"error": …}` of a refusal, with its status. */
export async function refused(answer: Response): Promise<{ status: number; error: unknown }> {
  const body = (await answer.json()) as { error?: unknown };
  return { status: answer.status, error: body.error };
}
