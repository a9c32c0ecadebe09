/** A server's clients of the Agent Client Protocol without a transport: real processes of the scripted agent behind them. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Broker, type BrokerOptions } from '../../../src/agents/clients/broker.ts';
import { ClientSessions, type ClientSessionsOptions } from '../../../src/agents/clients/client-sessions.ts';
import type {
  ClientConnection,
  ConnectionEnd,
  ConnectRequest,
  Outbox,
  OutboxReading,
} from '../../../src/agents/clients/client.ts';
import { openAgentLauncher } from '../../../src/agents/connection/launched-agent.ts';
import type { AgentProcess } from '../../../src/agents/connection/agent-process.ts';
import { AgentRegistry } from '../../../src/agents/registry/agent-registry.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { isDirectory } from '../../../src/platform/files/directory.ts';
import { createLauncher } from '../../../src/platform/process/index.ts';
import { scriptedAgent } from '../../support/agents/scripted.ts';
import { waitFor } from '../../support/wait.ts';
import { SessionsWorld } from '../sessions/world.ts';

export type Json = Readonly<Record<string, unknown>>;

const graceMs = 200;

export class ClientsWorld implements AsyncDisposable {
  readonly world = new SessionsWorld();
  /** All that were started for clients, in order. */
  readonly processes: AgentProcess[] = [];
  #broker: Broker | undefined;

  /** `flags` of the scripted agent, whose id is `scripted`. */
  async start(
    flags: readonly string[] = [],
    options: Partial<BrokerOptions> & {
      readonly sessions?: never;
      readonly client?: Partial<ClientSessionsOptions>;
      /** In place of the scripted agent. */
      readonly argv?: readonly string[];
    } = {},
  ): Promise<Broker> {
    const { world } = this;
    const launcher = createLauncher();
    const env = { ...(process.env as Record<string, string>), HOME: world.folder };
    const { client, argv, ...given } = options;
    const [program = '', ...args] = argv ?? scriptedAgent(...flags);
    const registry = new AgentRegistry({
      launcher,
      env,
      cwd: world.folder,
      configured: { scripted: { name: 'Scripted', command: [program, ...args], env: {} } },
    });
    const run = join(world.folder, 'client-run');
    const start = await openAgentLauncher({ root: run, launcher, graceMs });
    const sessions = await world.start({ registry });
    return (this.#broker = new Broker({
      registry,
      start: async (request) => {
        const started = await start(request);
        this.processes.push(started);
        return started;
      },
      baseEnv: env,
      cwd: world.folder,
      defaultAgent: 'scripted',
      graceMs,
      clock: systemClock,
      sessions: new ClientSessions({
        sessions,
        cwd: world.folder,
        isFolder: isDirectory,
        policy: 'ask',
        idleMs: undefined,
        ...client,
      }),
      ...given,
    }));
  }

  get broker(): Broker {
    if (this.#broker === undefined) throw new Error('not started');
    return this.#broker;
  }

  folder(name: string): string {
    const path = join(this.world.folder, name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** A client that has not said anything yet. */
  connect(request: Partial<ConnectRequest> = {}): Client {
    const connected = this.broker.connect({
      agent: 'scripted',
      door: 'websocket',
      host: 'remote',
      outboxPerSession: false,
      keyId: 'key',
      ...request,
    });
    if (!connected.ok) throw new Error(JSON.stringify(connected.failure));
    return new Client(connected.value, this.world.folder);
  }

  /** A client whose agent runs. */
  async client(request: Partial<ConnectRequest> = {}, capabilities: Json = {}): Promise<Client> {
    const client = this.connect(request);
    const answer = await client.ask('initialize', {
      protocolVersion: 1,
      clientCapabilities: capabilities,
      clientInfo: { name: 'test', version: '1' },
    });
    if (!('result' in answer)) throw new Error(JSON.stringify(answer));
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#broker?.[Symbol.dispose]();
    await this.world[Symbol.asyncDispose]();
    await Promise.all(this.processes.map((one) => one.exited));
  }
}

/** Reads all that comes at once, as a client with a good line does. */
export class Client {
  readonly connection: ClientConnection;
  readonly messages: Json[] = [];
  readonly numbers: number[] = [];
  end: 'replaced' | ConnectionEnd | undefined;
  readonly #cwd: string;
  readonly #transport: Disposable;
  #reading: OutboxReading | undefined;
  #ids = 0;

  constructor(connection: ClientConnection, cwd: string) {
    this.connection = connection;
    this.#cwd = cwd;
    this.#transport = connection.attach();
    this.read();
  }

  /** Reads the outbox, from now on or again after a number. */
  read(after?: number, outbox: Outbox = this.connection.outbox): void {
    const pull = () => {
      for (;;) {
        const message = this.#reading?.next();
        if (message === undefined) return;
        this.numbers.push(message.number);
        this.messages.push(JSON.parse(message.text) as Json);
      }
    };
    const opened = outbox.open(after, { ready: pull, ended: (why) => (this.end = why) });
    if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
    this.#reading = opened.value;
    pull();
  }

  /** Stops reading: the line is gone. */
  leave(): void {
    this.#reading?.[Symbol.dispose]();
    this.#transport[Symbol.dispose]();
  }

  send(message: Json): void {
    const received = this.connection.receive({ jsonrpc: '2.0', ...message });
    if (!received.ok) throw new Error(JSON.stringify(received.failure));
  }

  /** Returns the id of the request. */
  request(method: string, params: Json, id: string | number = (this.#ids += 1)): string | number {
    this.send({ id, method, params });
    return id;
  }

  async ask(method: string, params: Json, id?: string | number): Promise<Json> {
    return this.answer(this.request(method, params, id));
  }

  answer(id: string | number): Promise<Json> {
    return waitFor(`the answer to ${id}`, () => this.messages.find((one) => one['id'] === id && !('method' in one)));
  }

  /** The id of a new session. */
  async open(params: Json = {}): Promise<string> {
    const answer = await this.ask('session/new', { cwd: this.#cwd, mcpServers: [], ...params });
    return (answer['result'] as { readonly sessionId: string }).sessionId;
  }

  prompt(sessionId: string, text: string): Promise<Json> {
    return this.ask('session/prompt', { sessionId, prompt: [{ type: 'text', text }] });
  }

  /** A request of the agent that has come, with an id above that. */
  asked(method: string, after = 0): Promise<Json> {
    return waitFor(`the request ${method}`, () =>
      this.messages.findLast((one) => one['method'] === method && Number(one['id']) > after),
    );
  }

  /** Texts of these updates, in order. */
  said(kind = 'agent_message_chunk'): string[] {
    return this.messages.flatMap(({ params }) => {
      const { update } = (params ?? {}) as { readonly update?: Json };
      if (update?.['sessionUpdate'] !== kind) return [];
      return [(update['content'] as { readonly text: string }).text];
    });
  }
}
