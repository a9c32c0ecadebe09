/**
 * The plainest host of an agent: starts it, sends what it is told to, keeps every message in order. For tests of agents
 * themselves; what tests of the server need of a host is the server.
 *
 *     await using host = RawHost.start(agent.argv, { cwd, env: agent.env });
 *     await host.call('initialize', { protocolVersion: 1 });
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { waitFor } from '../wait.ts';

type Fields = Readonly<Record<string, unknown>>;

export interface RawMessage {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: Fields;
  readonly result?: Fields;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

/** Answers a request of the agent: the `result`, or undefined for "method not found". */
type AnswerRequest = (method: string, params: Fields) => Fields | undefined;

interface RawHostOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly answer?: AnswerRequest;
}

export class RawHost implements AsyncDisposable {
  readonly child: ChildProcess;
  /** Every line of the agent that is a message, in order. */
  readonly messages: RawMessage[] = [];
  /** Every other line. */
  readonly otherLines: string[] = [];
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  stderr = '';
  readonly #answer: AnswerRequest;
  #asked = 0;
  #rest = '';

  private constructor(argv: readonly string[], { cwd, env, answer }: RawHostOptions) {
    const [command = '', ...args] = argv;
    this.#answer = answer ?? (() => undefined);
    this.child = spawn(command, args, { cwd, env, stdio: 'pipe', detached: true });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    // An agent that is gone does not read: what happened to it is told by `exited`.
    this.child.stdin?.on('error', () => {});
    this.exited = new Promise((resolve, reject) => {
      this.child.on('close', (code, signal) => resolve({ code, signal })).on('error', reject);
    });
  }

  static start(argv: readonly string[], options: RawHostOptions): RawHost {
    return new RawHost(argv, options);
  }

  /** All updates so far, as the agent sent them. */
  get updates(): readonly Fields[] {
    return this.messages.filter(({ method }) => method === 'session/update').map((m) => m.params?.['update'] as Fields);
  }

  /** What the agent said so far, as one text. */
  get said(): string {
    return this.updates
      .filter((update) => update['sessionUpdate'] === 'agent_message_chunk')
      .map((update) => (update['content'] as { text: string }).text)
      .join('');
  }

  send(message: Fields): void {
    this.child.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }

  call(method: string, params: Fields = {}): Promise<RawMessage> {
    const id = this.#asked;
    this.#asked += 1;
    this.send({ id, method, params });
    return waitFor(`the answer to ${method}`, () =>
      this.messages.find((message) => message.id === id && message.method === undefined),
    );
  }

  /** From initialize to a session; its id. */
  async open(cwd: string): Promise<string> {
    await this.call('initialize', { protocolVersion: 1, clientCapabilities: {} });
    const { result, error } = await this.call('session/new', { cwd, mcpServers: [] });
    if (error !== undefined) throw new Error(`session/new: ${error.code} ${error.message}`);
    return String(result?.['sessionId']);
  }

  prompt(sessionId: string, text: string): Promise<RawMessage> {
    return this.call('session/prompt', { sessionId, prompt: [{ type: 'text', text }] });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      // Its group: a wrapper's child must not stay.
      if (this.child.pid !== undefined) process.kill(-this.child.pid, 'SIGKILL');
    } catch {
      // Gone.
    }
    await this.exited.catch(() => {});
  }

  #take(text: string): void {
    const lines = `${this.#rest}${text}`.split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      try {
        this.#receive(JSON.parse(line) as RawMessage);
      } catch {
        this.otherLines.push(line);
      }
    }
  }

  #receive(message: RawMessage): void {
    if (message === null || typeof message !== 'object') return void this.otherLines.push(JSON.stringify(message));
    this.messages.push(message);
    const { id, method, params } = message;
    if (id === undefined || method === undefined) return;
    const result = this.#answer(method, params ?? {});
    this.send(result === undefined ? { id, error: { code: -32601, message: 'Method not found' } } : { id, result });
  }
}
