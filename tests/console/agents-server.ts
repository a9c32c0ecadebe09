/**
 * A real server whose agents are played: what is below `/agents` is answered here, as the story has it, and everything
 * else by the real server behind it. Each session has its log; its events are streamed with their numbers.
 */
import type { Server } from 'bun';
import type {
  AgentEvent,
  AgentResource,
  AgentSessionRequest,
  AgentSessionResource,
} from '../../src/protocol/agents.ts';
import type { Health } from '../../src/protocol/health.ts';
import { PlayedSession, type Sent } from './played-session.ts';

/** What the page asked for, other than to read. */
export interface Asked {
  readonly method: string;
  /** Below `/agents/sessions`. */
  readonly path: string;
  readonly body: unknown;
}

export class AgentsServer implements AsyncDisposable {
  readonly asked: Asked[] = [];
  readonly sessions = new Map<string, PlayedSession>();
  known: AgentResource[] = [];
  readonly #server: Server<undefined>;
  readonly #behind: string;

  /** `behind`: address of the real server. */
  constructor(behind: string) {
    this.#behind = behind;
    this.#server = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: (request, server) => {
        server.timeout(request, 0);
        return this.#answer(request);
      },
    });
  }

  get port(): number {
    return this.#server.port ?? 0;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** A session that is there already. */
  session(record: Partial<AgentSessionResource> = {}): PlayedSession {
    const id = record.id ?? (this.sessions.size + 1).toString(16).padStart(12, '0');
    const session = new PlayedSession({ ...record, id });
    this.sessions.set(id, session);
    return session;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop(true);
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname, search, searchParams } = new URL(request.url);
    if (pathname === '/agents') return Response.json(this.known);
    if (pathname.startsWith('/agents/sessions')) {
      const [, , , id, ...rest] = pathname.split('/');
      if (request.method === 'GET') return this.#read(request, id, rest, searchParams);
      const body: unknown = request.method === 'POST' ? await request.json() : undefined;
      this.asked.push({ method: request.method, path: pathname.slice('/agents/sessions'.length), body });
      return this.#change(request.method, id, rest, body);
    }
    const response = await fetch(`${this.#behind}${pathname}${search}`, {
      method: request.method,
      // What is compressed stays so: its headers say that it is.
      decompress: pathname === '/health',
      headers: { 'x-api-key': request.headers.get('x-api-key') ?? '' },
    });
    if (pathname !== '/health' || !response.ok) return response;
    return Response.json(this.#healthFrom((await response.json()) as Health));
  }

  #healthFrom(health: Health): Health {
    if (!health.authenticated) return health;
    const records = [...this.sessions.values()].map(({ record }) => record);
    return {
      ...health,
      acp_supported: true,
      agent_sessions: records.filter(({ state }) => state !== 'closed' && state !== 'failed').length,
      agent_pending_permissions: records.reduce((sum, { pendingPermissions }) => sum + pendingPermissions, 0),
    };
  }

  #read(request: Request, id: string | undefined, [what]: readonly string[], query: URLSearchParams): Response {
    if (id === undefined) return Response.json([...this.sessions.values()].map(({ record }) => record).toReversed());
    const session = this.sessions.get(id);
    if (session === undefined) return notFound();
    if (what === undefined) return Response.json(session.record);
    const since = Number(request.headers.get('last-event-id') ?? query.get('since') ?? 0);
    if (query.get('format') !== 'json') return session.stream(since, request.signal);
    const found: AgentEvent[] = session.log.slice(since, since + Number(query.get('limit') ?? 500));
    return Response.json(found);
  }

  #change(method: string, id: string | undefined, [what]: readonly string[], body: unknown): Response {
    if (id === undefined) return Response.json(this.#open(body as AgentSessionRequest).record, { status: 201 });
    const session = this.sessions.get(id);
    if (session === undefined) return notFound();
    if (method === 'DELETE') return Response.json({ id, deleted: this.#close(session) });
    if (what === 'prompt') return Response.json(session.takePrompt((body as { text: string }).text), { status: 202 });
    if (what === 'cancel') return Response.json({ cancelled: true });
    if (what === 'permissions') return session.answer(body);
    if (what === 'config' || what === 'mode') session.choose(body as Sent);
    return Response.json(session.record);
  }

  #open(request: AgentSessionRequest): PlayedSession {
    const again = this.sessions.get(request.resume ?? '');
    if (again === undefined) return this.session(request);
    again.change({ state: 'idle' });
    return again;
  }

  /** True when the record is gone. */
  #close(session: PlayedSession): boolean {
    if (['closed', 'failed'].includes(session.record.state)) return this.sessions.delete(session.record.id);
    session.change({ state: 'closed' });
    return false;
  }
}

const notFound = (): Response => Response.json({ error: 'session not found' }, { status: 404 });
