/** A server whose default agent is the scripted one, and clients of its doors on real sockets. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { liveServer } from '../../support/doors.ts';
import { scriptedAgent } from '../../support/agents/scripted.ts';
import { RawWebSocket } from '../../support/raw-web-socket.ts';
import { Rig } from '../../support/rig.ts';
import { waitFor } from '../../support/wait.ts';

export type Message = Readonly<Record<string, unknown>>;

/** Of the scripted agent's permission requests. */
export const ALLOW = { outcome: { outcome: 'selected', optionId: 'allow' } };
export const ASK = '[[permission execute|-|ls|List]]';

/** `agentFlags`: of the scripted agent; `flags`: of the server. */
export const startServer = (agentFlags: readonly string[] = [], flags: Readonly<Record<string, string>> = {}) =>
  Rig.start(liveServer, {
    flags: { 'acp-agent': 'scripted', 'agent-grace': '0.5', ...flags },
    prepare(home) {
      const agents = {
        scripted: { command: scriptedAgent(...agentFlags) },
        other: { command: scriptedAgent() },
      };
      writeFileSync(join(home, '..', 'data', 'config.json'), JSON.stringify({ agents }));
    },
  });

export interface Opened {
  /** Default: door A's. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly capabilities?: Message;
}

/** A client that reads all that comes. */
export class Client implements Disposable {
  readonly rig: Rig;
  readonly socket: RawWebSocket;
  #parsed: Message[] = [];
  #ids = 100;

  constructor(rig: Rig, socket: RawWebSocket) {
    this.rig = rig;
    this.socket = socket;
  }

  /** Nothing is said yet. */
  static async connect(rig: Rig, { path = '/acp', headers }: Opened = {}): Promise<Client> {
    const url = `${rig.url.replace('http', 'ws')}${path}`;
    return new Client(rig, await RawWebSocket.open(url, { headers: { 'X-API-Key': rig.key, ...headers } }));
  }

  static async open(rig: Rig, opened: Opened = {}): Promise<Client> {
    const client = await Client.connect(rig, opened);
    await client.ask('initialize', { protocolVersion: 1, clientCapabilities: opened.capabilities ?? {} });
    return client;
  }

  get connection(): string {
    return this.socket.header('Acp-Connection-Id') ?? '';
  }

  get messages(): readonly Message[] {
    for (let next = this.socket.texts[this.#parsed.length]; next !== undefined;)
      next = (this.#parsed.push(JSON.parse(next) as Message), this.socket.texts[this.#parsed.length]);
    return this.#parsed;
  }

  send(message: Message): void {
    this.socket.sendText(JSON.stringify({ jsonrpc: '2.0', ...message }));
  }

  /** Returns the id. */
  request(method: string, params: Message, id: unknown = (this.#ids += 1)): unknown {
    this.send({ id, method, params });
    return id;
  }

  answer(id: unknown): Promise<Message> {
    return waitFor(`the answer to ${String(id)}`, () =>
      this.messages.find((one) => one['id'] === id && one['method'] === undefined),
    );
  }

  ask(method: string, params: Message, id?: unknown): Promise<Message> {
    return this.answer(this.request(method, params, id));
  }

  /** The id of a new session. */
  async newSession(): Promise<string> {
    const { result } = await this.ask('session/new', { cwd: this.rig.place.cwd, mcpServers: [] });
    return (result as { readonly sessionId: string }).sessionId;
  }

  load(sessionId: string, method = 'session/load'): Promise<Message> {
    return this.ask(method, { sessionId, cwd: this.rig.place.cwd, mcpServers: [] });
  }

  /** Returns the id. */
  startPrompt(sessionId: string, text: string): unknown {
    return this.request('session/prompt', { sessionId, prompt: [{ type: 'text', text }] });
  }

  prompt(sessionId: string, text: string): Promise<Message> {
    return this.answer(this.startPrompt(sessionId, text));
  }

  /** A request of the agent with an id above that. */
  asked(method: string, after = 0): Promise<Message> {
    return waitFor(`the request ${method}`, () =>
      this.messages.find((one) => one['method'] === method && Number(one['id']) > after),
    );
  }

  /** What the agent says, in pieces. */
  said(kind = 'agent_message_chunk'): string[] {
    return this.messages.flatMap(({ params }) => {
      const { update } = (params ?? {}) as { update?: { sessionUpdate: string; content?: { text?: string } } };
      return update?.sessionUpdate === kind ? [update.content?.text ?? ''] : [];
    });
  }

  async has(text: string): Promise<void> {
    await waitFor(`“${text}”`, () => this.said().join('').includes(text));
  }

  /** Comes back to the connection. */
  async resume(frames = this.socket.texts.length): Promise<Client> {
    return Client.connect(this.rig, {
      headers: { 'Acp-Connection-Id': this.connection, 'Acp-Received-Frames': String(frames) },
    });
  }

  [Symbol.dispose](): void {
    this.socket[Symbol.dispose]();
  }
}

/** What the server says of a session. */
export interface SessionRecord {
  readonly id: string;
  readonly acpSessionId: string;
  readonly state: string;
  readonly pid: number | null;
  readonly queued: number;
  readonly attached?: readonly unknown[];
}

export const recordOf = async (rig: Rig, sessionId: string): Promise<SessionRecord> => {
  const records = await rig.get<SessionRecord[]>('/agents/sessions');
  const found = records.find(({ acpSessionId }) => acpSessionId === sessionId);
  if (found === undefined) throw new Error(`no record of ${sessionId}`);
  return found;
};
