/** A client of each door for the bench, and the agent directly on its pipes: an initialized session whose turns can be timed. */
import { BENCH_AGENT } from './agent-stream.ts';
import { parseSse } from '../../src/client/sse.ts';
import type { BenchServer } from './server.ts';

interface Message {
  readonly id?: number;
  readonly result?: { readonly sessionId?: string };
}

/** Whatever carries messages. */
interface Wire {
  send(message: object): void | Promise<void>;
  close(): void;
}

export class BenchClient {
  readonly #waiting = new Map<number, (message: Message) => void>();
  #wire: Wire | undefined;
  #ids = 0;
  sessionId = '';

  /** The agent without a server between. */
  static async direct(): Promise<BenchClient> {
    const client = new BenchClient();
    const agent = Bun.spawn(BENCH_AGENT.split(' '), { stdin: 'pipe', stdout: 'pipe', stderr: 'ignore' });
    client.#wire = {
      send(message) {
        void agent.stdin.write(`${JSON.stringify(message)}\n`);
        void agent.stdin.flush();
      },
      close: () => void agent.stdin.end(),
    };
    void client.#readLines(agent.stdout);
    return client.#begun();
  }

  /** Door A's socket, or door B's at `…/ws`. */
  static async socket(server: BenchServer, path: string): Promise<BenchClient> {
    const client = new BenchClient();
    const { url, headers } = server.door(path);
    // Bun's WebSocket takes headers; the type of the standard one does not know.
    const socket = new WebSocket(url.replace('http', 'ws'), { headers } as never);
    socket.addEventListener('message', ({ data }: MessageEvent<string>) => client.#took(data));
    await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
    client.#wire = { send: (message) => socket.send(JSON.stringify(message)), close: () => socket.close() };
    return client.#begun();
  }

  static async http(server: BenchServer): Promise<BenchClient> {
    const client = new BenchClient();
    const { url, headers } = server.door('/acp');
    const given: Record<string, string> = { ...headers, 'content-type': 'application/json' };
    const abort = new AbortController();
    const follow = async (session?: string) => {
      const more = { accept: 'text/event-stream', ...(session !== undefined && { 'acp-session-id': session }) };
      const { body } = await fetch(url, { headers: { ...given, ...more }, signal: abort.signal });
      if (body === null) throw new Error('no stream');
      const read = async () => {
        for await (const { data } of parseSse(body)) client.#took(data);
      };
      void read().catch(() => {});
    };
    client.#wire = {
      async send(message) {
        const answer = await fetch(url, { method: 'POST', headers: given, body: JSON.stringify(message) });
        const { status } = answer;
        const text = await answer.text();
        const connection = answer.headers.get('acp-connection-id');
        if (connection !== null) given['acp-connection-id'] = connection;
        if (status === 200) client.#took(text);
        else if (status !== 202) throw new Error(`POST: ${status} ${text}`);
      },
      close: () => abort.abort(),
    };
    await client.#ask('initialize', { protocolVersion: 1 });
    await follow();
    await client.#open();
    given['acp-session-id'] = client.sessionId;
    await follow(client.sessionId);
    return client;
  }

  /** A turn with so many updates, so many milliseconds apart, of so many characters each. */
  async turn(updates = 1, pauseMs = 0, characters = 0): Promise<void> {
    const text = `${updates} ${pauseMs} ${characters}`;
    await this.#ask('session/prompt', { sessionId: this.sessionId, prompt: [{ type: 'text', text }] });
  }

  close(): void {
    this.#wire?.close();
  }

  async #begun(): Promise<this> {
    await this.#ask('initialize', { protocolVersion: 1 });
    await this.#open();
    return this;
  }

  async #open(): Promise<void> {
    const made = await this.#ask('session/new', { cwd: process.cwd(), mcpServers: [] });
    this.sessionId = made.result?.sessionId ?? '';
  }

  async #ask(method: string, params: object): Promise<Message> {
    const id = (this.#ids += 1);
    const { promise, resolve } = Promise.withResolvers<Message>();
    this.#waiting.set(id, resolve);
    await this.#wire?.send({ jsonrpc: '2.0', id, method, params });
    return promise;
  }

  #took(text: string): void {
    const message = JSON.parse(text) as Message;
    if (message.id === undefined) return;
    this.#waiting.get(message.id)?.(message);
    this.#waiting.delete(message.id);
  }

  async #readLines(stdout: ReadableStream<Uint8Array>): Promise<void> {
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of stdout) {
      const lines = (text + decoder.decode(chunk, { stream: true })).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) this.#took(line);
    }
  }
}
