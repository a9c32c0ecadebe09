/** An editor: starts `agent-server acp` as its agent and talks to it by the SDK of the protocol, on its standard streams. */
import { client, ndJsonStream } from '@agentclientprotocol/sdk';
import { messageOf } from '../../../src/core/failure.ts';
import type { Message } from './fake-agent.ts';
import { waitFor } from '../../support/wait.ts';
import { MAIN, type World } from '../world.ts';
import { KEY } from './fake-door.ts';

export interface EditorOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What it answers to a request of the agent; a promise that never settles leaves it open. */
  readonly answers?: (method: string, params: Message, signal: AbortSignal) => unknown;
  /** How the program is started. Default: from source. */
  readonly program?: readonly string[] | undefined;
}

const SAYS_YES = () => ({ outcome: { outcome: 'selected', optionId: 'yes' } });

/** The message of what a promise is rejected with. */
export const failureOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(() => 'it did not fail', messageOf);

export class Editor implements AsyncDisposable {
  readonly process: Bun.Subprocess<'pipe', 'pipe', 'pipe'>;
  /** All that the agent told, in order: updates, requests, answers. */
  readonly transcript: Message[] = [];
  readonly #connection: ReturnType<ReturnType<typeof client>['connect']>;
  #stderr = '';

  constructor(world: World, url: string, { args = [], env = {}, answers = SAYS_YES, program }: EditorOptions = {}) {
    this.process = Bun.spawn([...(program ?? [process.execPath, MAIN]), 'acp', ...args], {
      env: { ...world.env, AGENT_SERVER_URL: url, AGENT_SERVER_KEY: KEY, ...env },
      cwd: world.folder,
      stdin: 'pipe',
      stdout: 'pipe',
      stderr: 'pipe',
    });
    void this.#readErrors();
    const { stdin, stdout } = this.process;
    const input = new WritableStream<Uint8Array>({
      async write(bytes) {
        void stdin.write(bytes);
        await stdin.flush();
      },
    });
    this.#connection = client({ name: 'editor' })
      .onNotification('*', ({ method, params }) => void this.transcript.push({ method, params }))
      .onRequest('*', async ({ method, params, signal }) => {
        this.transcript.push({ method, params });
        return answers(method, params as Message, signal);
      })
      .connect(ndJsonStream(input, stdout, { maxMessageBytes: 128 * 1024 * 1024 }));
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Rejects with the error of the answer. */
  async ask(method: string, params: object): Promise<Message> {
    const result = await this.#connection.agent.request<Message, object>(method, params);
    this.transcript.push({ answered: method, result });
    return result;
  }

  tell(method: string, params: object): void {
    void this.#connection.agent.notify(method, params);
  }

  initialize(): Promise<Message> {
    return this.ask('initialize', {
      protocolVersion: 1,
      clientCapabilities: { fs: { readTextFile: true, writeTextFile: true }, terminal: true },
    });
  }

  /** Resolves to the id of a session that is new. */
  async open(cwd = '/home/me/project'): Promise<string> {
    await this.initialize();
    return String((await this.ask('session/new', { cwd, mcpServers: [] }))['sessionId']);
  }

  prompt(sessionId: string, text: string): Promise<Message> {
    return this.ask('session/prompt', { sessionId, prompt: [{ type: 'text', text }] });
  }

  /** What the agent has said in a session, as one text. */
  said(sessionId: string): string {
    return this.transcript
      .map(
        ({ params }) =>
          params as { sessionId?: string; update?: { sessionUpdate: string; content?: Message } } | undefined,
      )
      .filter((params) => params?.sessionId === sessionId && params.update?.sessionUpdate === 'agent_message_chunk')
      .map((params) => String(params?.update?.content?.['text']))
      .join('');
  }

  saw(text: string): Promise<unknown> {
    return waitFor(`${text} in ${JSON.stringify(this.transcript)}\n${this.#stderr}`, () =>
      JSON.stringify(this.transcript).includes(text),
    );
  }

  says(text: string): Promise<unknown> {
    return waitFor(`${text} in ${this.#stderr}`, () => this.#stderr.includes(text));
  }

  /** Closes its input; resolves to the exit code. */
  async leave(): Promise<number> {
    await this.process.stdin.end();
    return this.process.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.process.exitCode === null) this.process.kill('SIGKILL');
    await this.process.exited;
  }

  async #readErrors(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const bytes of this.process.stderr) this.#stderr += decoder.decode(bytes, { stream: true });
  }
}
