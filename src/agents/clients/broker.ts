/** All clients elsewhere that use agents of this machine. */
import { newId, type RandomBytes, secureRandom } from '../../core/id.ts';
import type { Clock } from '../../core/clock.ts';
import { fail, ok, type Result } from '../../core/failure.ts';
import type { StartAgent } from '../connection/agent-process.ts';
import { agentFailureText } from '../registry/agent-failure.ts';
import type { AgentRegistry } from '../registry/agent-registry.ts';
import { BrokerConnection } from './broker-connection.ts';
import type { ClientSessions } from './client-sessions.ts';
import type { ClientConnection, Clients, ConnectFailure, ConnectRequest } from './client.ts';
import { StartLimit } from './start-limit.ts';

export interface BrokerOptions {
  readonly registry: AgentRegistry;
  readonly sessions: ClientSessions;
  readonly start: StartAgent;
  readonly baseEnv: Readonly<Record<string, string>>;
  /** Absolute; clients are told to work here, and agents start here. */
  readonly cwd: string;
  /** Id of the agent of clients that name none; undefined: the first that is installed. */
  readonly defaultAgent: string | undefined;
  readonly graceMs: number;
  readonly clock: Clock;
  readonly random?: RandomBytes;
  /** Connections at once. Default 64. */
  readonly maxConnections?: number;
}

const MAX_CONNECTIONS = 64;
/** More than the 122 bits of a random UUID. */
const ID_BYTES = 16;

export class Broker implements Clients, Disposable {
  readonly #options: BrokerOptions;
  readonly #connections = new Map<string, BrokerConnection>();
  readonly #starts: StartLimit;
  #draining = false;

  constructor(options: BrokerOptions) {
    this.#options = options;
    this.#starts = new StartLimit(options.clock);
  }

  get cwd(): string {
    return this.#options.cwd;
  }
  /** Connections of clients. */
  get count(): number {
    return this.#connections.size;
  }

  agent(id: string | undefined): Result<string, ConnectFailure> {
    const { registry, defaultAgent } = this.#options;
    const unknown = (detail: string) => fail({ reason: 'agent-unknown', detail } as const);
    const wanted = id ?? defaultAgent ?? registry.list().find(({ installed }) => installed)?.id;
    if (wanted === undefined) return unknown('no agent is installed on this machine: GET /agents lists what is known');
    // Ids alone: a link that somebody opens must not run a program.
    if (!registry.ids.includes(wanted))
      return unknown(`there is no agent "${wanted}" here; the agents are ${registry.ids.join(', ')}`);
    const resolved = registry.resolve(wanted);
    return resolved.ok ? ok(wanted) : unknown(agentFailureText(resolved.failure));
  }

  connect(request: ConnectRequest): Result<ClientConnection, ConnectFailure> {
    const { clock, sessions, graceMs } = this.#options;
    if (this.#draining) return fail({ reason: 'shutting-down' });
    const limit = this.#options.maxConnections ?? MAX_CONNECTIONS;
    if (this.#connections.size >= limit) return fail({ reason: 'too-many-connections', limit });
    const tooEarly = this.#starts.take(request.agent);
    if (tooEarly > 0) return fail({ reason: 'too-many-starts', retryAfterSeconds: Math.ceil(tooEarly / 1000) });
    const id = (this.#options.random ?? secureRandom)(ID_BYTES).toHex();
    const connection = new BrokerConnection(id, request, {
      clock,
      sessions,
      graceMs,
      start: () => this.#start(request.agent),
      ended: () => void this.#connections.delete(id),
    });
    this.#connections.set(id, connection);
    return ok(connection);
  }

  find(id: string, keyId: string): ClientConnection | undefined {
    const connection = this.#connections.get(id);
    return connection?.keyId === keyId ? connection : undefined;
  }

  drain(): void {
    this.#draining = true;
  }
  resume(): void {
    this.#draining = false;
  }

  [Symbol.dispose](): void {
    this.drain();
    for (const connection of this.#connections.values()) connection.end('shutting-down');
  }

  async #start(agent: string) {
    const { registry, baseEnv, cwd, start } = this.#options;
    const resolved = registry.resolve(agent);
    if (!resolved.ok) throw new Error(agentFailureText(resolved.failure));
    const { argv, env } = resolved.value;
    return start({ argv, cwd, env: { ...baseEnv, ...env }, treeId: newId() });
  }
}
