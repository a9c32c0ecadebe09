/**
 * An agent in the process of a fake door. What its turns do their prompts say: `say A B`, `ask`, `wait` (until it is released or
 * cancelled), `flood N` (updates of 30 kB), `fail`; anything else is said back.
 */
export type Message = Readonly<Record<string, unknown>>;

/** What outlives a process of the agent. */
export class Sessions {
  readonly histories = new Map<string, Message[]>();
  /** Whether a replay comes in other pieces than the turn did: whole texts. */
  mergesReplay = false;
  #made = 0;
  #release = Promise.withResolvers<void>();

  make(): string {
    this.#made += 1;
    this.histories.set(`s${this.#made}`, []);
    return `s${this.#made}`;
  }

  get released(): Promise<void> {
    return this.#release.promise;
  }

  /** Lets turns that wait go on. */
  release(): void {
    this.#release.resolve();
    this.#release = Promise.withResolvers();
  }

  replay(sessionId: string): readonly Message[] {
    const history = this.histories.get(sessionId) ?? [];
    if (!this.mergesReplay) return history;
    const merged: Message[] = [];
    for (const update of history) {
      const last = merged.at(-1);
      const kind = String(update['sessionUpdate']);
      if (last?.['sessionUpdate'] === kind) merged[merged.length - 1] = chunk(kind, textOf(last) + textOf(update));
      else merged.push(update);
    }
    return merged;
  }
}

export const chunk = (sessionUpdate: string, text: string): Message => ({
  sessionUpdate,
  content: { type: 'text', text },
});

const textOf = (update: Message): string => String((update['content'] as Message | undefined)?.['text']);

export class FakeAgent {
  readonly #sessions: Sessions;
  readonly #send: (message: Message) => void;
  readonly #answers = new Map<unknown, (answer: Message) => void>();
  readonly #cancels = new Map<string, () => void>();
  #asked = -1;

  constructor(sessions: Sessions, send: (message: Message) => void) {
    this.#sessions = sessions;
    this.#send = send;
  }

  async receive(message: Message): Promise<void> {
    const { id } = message;
    const method = message['method'] as string | undefined;
    const params = (message['params'] ?? {}) as Message;
    const sessionId = String(params['sessionId']);
    if (method === undefined) return this.#answers.get(id)?.(message);
    if (method === 'session/cancel') return this.#cancels.get(sessionId)?.();
    if (id === undefined) return;
    const answer = (result: unknown) => this.#send({ jsonrpc: '2.0', id, result });
    const refuse = (code: number, text: string) => this.#send({ jsonrpc: '2.0', id, error: { code, message: text } });
    switch (method) {
      case 'initialize':
        return answer({ protocolVersion: 1, agentCapabilities: { loadSession: true }, authMethods: [] });
      case 'session/new':
        return answer({ sessionId: this.#sessions.make() });
      case 'session/load':
        if (!this.#sessions.histories.has(sessionId)) return refuse(-32_002, 'no such session');
        for (const update of this.#sessions.replay(sessionId)) this.#notify(sessionId, update);
        return answer({});
      case 'session/prompt': {
        const stopReason = await this.#turn(sessionId, params['prompt'] as readonly { readonly text?: string }[]);
        return stopReason === undefined ? refuse(-32_603, 'it failed') : answer({ stopReason });
      }
      default:
        return answer({ method, params });
    }
  }

  async #turn(sessionId: string, prompt: readonly { readonly text?: string }[]): Promise<string | undefined> {
    const text = prompt.map((block) => block.text ?? '').join('');
    this.#sessions.histories.get(sessionId)?.push(chunk('user_message_chunk', text));
    const say = (words: string) => this.#update(sessionId, chunk('agent_message_chunk', words));
    const [verb = '', ...words] = text.split(' ');
    switch (verb) {
      case 'say':
        for (const word of words) {
          say(`${word} `);
          await Bun.sleep(0);
        }
        return 'end_turn';
      case 'flood':
        for (let at = 0; at < Number(words[0]); at += 1) say(`${at}${'x'.repeat(30_000)}`);
        return 'end_turn';
      case 'ask':
        say(`${JSON.stringify(await this.#ask(sessionId))} `);
        return 'end_turn';
      case 'fail':
        return undefined;
      case 'wait': {
        say('waiting ');
        const cancelled = new Promise<string>((resolve) => this.#cancels.set(sessionId, () => resolve('cancelled')));
        const end = await Promise.race([cancelled, this.#sessions.released.then(() => 'end_turn')]);
        say(`${end} `);
        return end;
      }
      default:
        say(`you said ${text}`);
        return 'end_turn';
    }
  }

  #update(sessionId: string, update: Message): void {
    this.#sessions.histories.get(sessionId)?.push(update);
    this.#notify(sessionId, update);
  }

  #notify(sessionId: string, update: Message): void {
    this.#send({ jsonrpc: '2.0', method: 'session/update', params: { sessionId, update } });
  }

  /** Its requests are numbered from 0, as those of some agents are. */
  #ask(sessionId: string): Promise<unknown> {
    const id = (this.#asked += 1);
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.#answers.set(id, (answer) =>
      resolve((answer['result'] as Message | undefined)?.['outcome'] ?? answer['error']),
    );
    const toolCall = { toolCallId: `call-${id}`, title: 'Run it', kind: 'execute' };
    const options = [{ optionId: 'yes', name: 'Yes', kind: 'allow_once' }];
    this.#send({ jsonrpc: '2.0', id, method: 'session/request_permission', params: { sessionId, toolCall, options } });
    return promise;
  }
}
