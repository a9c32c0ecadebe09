/**
 * A server that has only the routes of agents, in the process of the test: what the agent does in a turn is a function of the
 * story. It stands in where a story is about the command line, and the real server would need an agent that does the same.
 */
import type { AgentEvent, AgentSessionRequest, AgentSessionResource } from '../../../src/protocol/agents.ts';
import type { AgentPermissionReply } from '../../../src/protocol/agent-permissions.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What the agent of a story can do in a turn. */
export interface Agent {
  update(kind: string, data: Fields): void;
  says(text: string): void;
  /** Resolves to the chosen option; null when it was cancelled. */
  asks(toolCall: Fields, options?: readonly Fields[]): Promise<string | null>;
  readonly cancelled: Promise<void>;
}

/** Resolves to the stop reason; throws: the agent ends. */
export type Script = (agent: Agent, prompt: string) => Promise<string> | string;

export const OPTIONS: readonly Fields[] = [
  { optionId: 'yes', name: 'Yes', kind: 'allow_once' },
  { optionId: 'all', name: 'Yes, and do not ask again', kind: 'allow_always' },
  { optionId: 'no', name: 'No', kind: 'reject_once' },
];

export const KEY = 'key-of-the-stand-in';

class Session {
  readonly log: AgentEvent[] = [];
  readonly requests: AgentSessionRequest[] = [];
  readonly pending = new Map<string, { permission: Fields; settle: (optionId: string | null, by: string) => void }>();
  cancel = Promise.withResolvers<void>();
  changed = Promise.withResolvers<void>();
  turn: Promise<void> = Promise.resolve();
  running = false;
  asked = 0;
  record: AgentSessionResource;

  constructor(id: string, request: AgentSessionRequest) {
    this.requests.push(request);
    this.record = {
      id,
      agent: request.agent ?? 'copilot',
      acpSessionId: `acp-${id}`,
      cwd: request.cwd ?? '/',
      policy: request.policy ?? 'workdir',
      state: 'idle',
      agentInfo: null,
      capabilities: null,
      modes: null,
      models: null,
      configOptions: null,
      commands: null,
      title: null,
      usage: null,
      turns: 0,
      queued: 0,
      createdAt: Date.now() / 1000,
      lastEventAt: Date.now() / 1000,
      lastEventId: 0,
      pendingPermissions: 0,
    };
    this.state('idle');
  }

  get over(): boolean {
    return this.record.state === 'closed' || this.record.state === 'failed';
  }

  emit(event: string, data: unknown): void {
    const id = this.log.length + 1;
    this.log.push({ id, event, at: Date.now() / 1000, data });
    this.record = { ...this.record, lastEventId: id };
    const { changed } = this;
    this.changed = Promise.withResolvers();
    changed.resolve();
  }

  state(state: AgentSessionResource['state'], error?: string): void {
    this.record = { ...this.record, state, ...(error !== undefined && { error }) };
    this.emit('state', { state, ...(error !== undefined && { error }) });
  }

  prompt(text: string, script: Script): number {
    const turn = this.record.turns + 1;
    this.record = { ...this.record, turns: turn };
    this.turn = this.turn.then(() => this.#run(turn, text, script));
    return turn;
  }

  async #run(turn: number, text: string, script: Script): Promise<void> {
    if (this.over) return;
    this.cancel = Promise.withResolvers();
    this.running = true;
    this.emit('prompt', { turn, content: [{ type: 'text', text }] });
    this.state('running');
    const end = (stopReason: string, error?: string) => {
      this.running = false;
      this.emit('turn_end', { turn, stopReason, text: '', usage: null, ...(error !== undefined && { error }) });
    };
    try {
      end(await script(this.#agent(), text));
      if (!this.over) this.state('idle');
    } catch (error) {
      end('error', String(error));
      this.state('failed', String(error));
    }
  }

  #agent(): Agent {
    const update = (kind: string, data: Fields) => this.emit(kind, { sessionUpdate: kind, ...data });
    return {
      update,
      says: (text) => update('agent_message_chunk', { content: { type: 'text', text } }),
      cancelled: this.cancel.promise,
      asks: (toolCall, options = OPTIONS) => this.#ask(toolCall, options),
    };
  }

  async #ask(toolCall: Fields, options: readonly Fields[]): Promise<string | null> {
    const { promise, resolve } = Promise.withResolvers<string | null>();
    const id = `p${(this.asked += 1)}`;
    const permission = { id, toolCall, options };
    const settle = (optionId: string | null, by: string) => {
      this.pending.delete(id);
      this.emit('permission_answer', { id, optionId, by, reason: `answered by ${by}` });
      resolve(optionId);
    };
    this.emit('permission', permission);
    if (this.record.policy === 'ask') this.pending.set(id, { permission, settle });
    else settle(this.record.policy === 'deny-all' ? 'no' : 'yes', 'policy');
    return promise;
  }
}

export class StandIn implements Disposable {
  readonly sessions: Session[] = [];
  readonly #script: Script;
  readonly #server: Bun.Server<undefined>;

  constructor(script: Script) {
    this.#script = script;
    this.#server = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      idleTimeout: 0,
      fetch: (request) => this.#answer(request),
    });
  }

  get env(): Readonly<Record<string, string>> {
    return { AGENT_SERVER_URL: this.#server.url.href, agent_runtime_API_KEY: KEY };
  }

  /** The newest session. */
  get session(): Session {
    const session = this.sessions.at(-1);
    if (session === undefined) throw new Error('no session was opened');
    return session;
  }

  /** A session that is there before the story. */
  has(request: AgentSessionRequest = {}): Session {
    const session = new Session((0xabc000000000 + this.sessions.length).toString(16), request);
    this.sessions.push(session);
    return session;
  }

  [Symbol.dispose](): void {
    void this.#server.stop(true);
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const [, room, kind, id, what, part] = pathname.split('/');
    if (request.headers.get('x-api-key') !== KEY) return refused(401, 'no key');
    if (room === 'agents' && kind === undefined) return Response.json(AGENTS);
    if (id === undefined) {
      if (request.method === 'GET') return Response.json(this.sessions.map(({ record }) => record));
      return this.#open((await request.json()) as AgentSessionRequest);
    }
    const session = this.sessions.find(({ record }) => record.id === id);
    if (session === undefined) return refused(404, 'agent session not found');
    if (request.method === 'DELETE') return this.#delete(session);
    switch (what) {
      case undefined:
        return Response.json(session.record);
      case 'prompt': {
        if (session.over) return refused(409, 'the session is closed');
        const { text } = (await request.json()) as { text: string };
        return Response.json({ turn: session.prompt(text, this.#script) }, { status: 202 });
      }
      case 'cancel':
        for (const { settle } of session.pending.values()) settle(null, 'cancel');
        session.cancel.resolve();
        return Response.json({ cancelled: session.running });
      case 'permissions':
        return part === undefined
          ? Response.json([...session.pending.values()].map(({ permission }) => permission))
          : reply(session, part, (await request.json()) as AgentPermissionReply);
      case 'events': {
        const since = Number(searchParams.get('since') ?? request.headers.get('last-event-id') ?? 0);
        if (searchParams.get('format') !== 'json') return follow(session, since);
        // Fewer than are asked for: the server bounds bytes too.
        const page = Math.min(Number(searchParams.get('limit')), 100);
        return Response.json(session.log.slice(since, since + page));
      }
      default:
        session.requests.push({ [what]: Object.values((await request.json()) as Fields)[0] });
        return Response.json(session.record);
    }
  }

  #open(request: AgentSessionRequest): Response {
    if (request.agent === 'nobody') return refused(404, 'there is no agent nobody; there are: copilot, claude');
    const old = this.sessions.find(({ record }) => record.id === request.resume);
    if (old === undefined) return Response.json(this.has(request).record, { status: 201 });
    old.requests.push(request);
    old.record = { ...old.record, policy: request.policy ?? old.record.policy };
    old.state('idle');
    return Response.json(old.record, { status: 201 });
  }

  #delete(session: Session): Response {
    const deleted = session.over;
    if (deleted) this.sessions.splice(this.sessions.indexOf(session), 1);
    else {
      session.cancel.resolve();
      session.state('closed');
    }
    return Response.json({ deleted, id: session.record.id });
  }
}

const AGENTS = [
  { id: 'copilot', name: 'GitHub Copilot', command: 'copilot --acp', installed: true, version: '1.2.3' },
  { id: 'claude', name: 'Claude\u001b[2J', command: 'claude-acp', installed: false, homepage: 'https://example.com' },
];

const refused = (status: number, error: string): Response => Response.json({ error }, { status });

function reply(session: Session, id: string, { reply: word, optionId }: AgentPermissionReply): Response {
  const waiting = session.pending.get(id);
  if (waiting === undefined) return refused(409, 'answered already');
  const chosen = optionId ?? (word === 'reject' ? 'no' : 'yes');
  waiting.settle(chosen, 'person');
  return Response.json({ id, optionId: chosen });
}

function follow(session: Session, since: number): Response {
  let at = since;
  if (session.over && at >= session.log.length) return new Response(null, { status: 204 });
  const stream = new ReadableStream<string>({
    start: (controller) => controller.enqueue('retry: 1000\n\n'),
    async pull(controller) {
      while (at >= session.log.length) {
        if (session.over) return controller.close();
        await session.changed.promise;
      }
      for (const { id, event, data } of session.log.slice(at))
        controller.enqueue(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
      at = session.log.length;
    },
  });
  return new Response(stream.pipeThrough(new TextEncoderStream()), {
    headers: { 'content-type': 'text/event-stream' },
  });
}
