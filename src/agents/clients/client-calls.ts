/** What a client asks for, method by method. What is none of ours goes to the agent as it is. */
import { AgentError, INTERNAL_ERROR, INVALID_PARAMS } from '../connection/connection.ts';
import type { SharedAgent } from '../connection/shared-agent.ts';
import { isObject } from '../is-object.ts';
import { fieldsOf, textOf, type Fields } from '../session/entry.ts';
import type { AskedOpening } from '../session/opening.ts';
import type { OpenSession } from '../stored.ts';
import type { ClientAttachments } from './client-attachments.ts';
import { MAX_SESSIONS } from './client-attachments.ts';
import { answerOf, mergedList, notFound, type Asker, type ClientSessions } from './client-sessions.ts';
import { errorText, resultText, type RequestId, type RpcError } from './json-rpc.ts';

export interface Call {
  readonly id: RequestId;
  readonly method: string;
  readonly params: Fields;
  /** Where it is answered, unless it makes or loads a session; undefined: where nothing is said of one. */
  readonly answeredIn: string | undefined;
  /** Aborted when the client does not want the answer any more. */
  readonly signal: AbortSignal;
  /** It is answered. */
  readonly done: () => void;
}

export interface ClientCallsOptions {
  /** Whoever cancels prompts cancels those of this client. */
  readonly owner: object;
  readonly shared: SharedAgent;
  readonly asker: Asker;
  readonly sessions: ClientSessions;
  readonly attachments: ClientAttachments;
}

export class ClientCalls {
  readonly #options: ClientCallsOptions;
  #opening = 0;

  constructor(options: ClientCallsOptions) {
    this.#options = options;
  }

  /** Resolves when the answer is on its way; that of a prompt comes with the end of its turn. Never rejects. */
  async run(call: Call): Promise<void> {
    try {
      await this.#run(call);
    } catch (error) {
      this.#refuse(call, errorOf(error));
    }
  }

  notify(method: string, params: Fields): void {
    const { attachments, shared, owner } = this.#options;
    const session = attachments.get(textOf(params['sessionId']) ?? '')?.open.session;
    if (session === undefined) shared.notify(method, params);
    else if (method === 'session/cancel') session.cancel(owner);
    else session.notify(method, params);
  }

  #run(call: Call): Promise<void> | void {
    switch (call.method) {
      case 'session/new':
      case 'session/fork':
        return this.#create(call, { method: call.method, params: call.params });
      case 'session/load':
      case 'session/resume':
        return this.#load(call, { method: call.method, params: call.params });
      case 'session/list':
        return this.#list(call);
      case 'session/prompt':
        return this.#prompt(call);
      case 'session/close':
        return this.#close(call);
      case 'session/delete':
        return this.#delete(call);
      default:
        return this.#pass(call);
    }
  }

  get #isFull(): boolean {
    return this.#options.attachments.count + this.#opening >= MAX_SESSIONS;
  }

  /** A session that is being opened has its place already. */
  async #counted<T>(opening: Promise<T>): Promise<T> {
    this.#opening += 1;
    try {
      return await opening;
    } finally {
      this.#opening -= 1;
    }
  }

  async #create(call: Call, request: AskedOpening): Promise<void> {
    const { sessions, asker, attachments } = this.#options;
    if (this.#isFull) return this.#refuse(call, TOO_MANY);
    const made = await this.#counted(sessions.create(asker, request));
    if (!made.ok) return this.#refuse(call, made.failure.error);
    const { session } = made.value;
    const { acpSessionId = '', openingAnswer } = session;
    attachments.outbox.direct.add(resultText(call.id, openingAnswer));
    call.done();
    // All of its log: some agents speak before they have answered.
    attachments.attach(made.value, acpSessionId, 0);
  }

  async #load(call: Call, request: AskedOpening): Promise<void> {
    const { sessions, asker, attachments } = this.#options;
    const sessionId = textOf(request.params['sessionId']) ?? '';
    if (this.#isFull && attachments.get(sessionId) === undefined) return this.#refuse(call, TOO_MANY);
    const loaded = await this.#counted(sessions.load(asker, request));
    if (!loaded.ok) return this.#refuse(call, loaded.failure.error);
    const open = loaded.value;
    const answer = () => {
      call.done();
      return resultText(call.id, answerOf(open));
    };
    if (request.method === 'session/load') return this.#replay(open, sessionId, answer);
    attachments.outbox.direct.add(answer());
    // Whoever is attached reads on where it is: it may not have had everything yet.
    if (attachments.get(sessionId)?.open !== open) attachments.attach(open, sessionId, open.log.last);
  }

  /** The answer comes after the history, at the client's pace. */
  #replay(open: OpenSession, sessionId: string, answer: () => string): void {
    const { attachments } = this.#options;
    const outbox = attachments.outboxOf(sessionId) ?? attachments.outbox;
    if (outbox === attachments.outbox) return attachments.attach(open, sessionId, 0, () => [answer()]);
    const { direct } = attachments.outbox;
    // Nobody reads the history yet, and may only do so when this is answered.
    if (!outbox.isRead) direct.add(answer());
    const isAnswered = !outbox.isRead;
    attachments.attach(open, sessionId, 0, () => {
      if (!isAnswered) direct.add(answer());
      return [];
    });
  }

  async #list(call: Call): Promise<void> {
    const { sessions, shared, asker } = this.#options;
    const ours = sessions.list(asker.agent, call.params);
    const theirs = this.#can('list') ? await shared.request(call.method, call.params, call.signal) : {};
    this.#answer(call, mergedList(theirs, ours, call.params));
  }

  #prompt(call: Call): Promise<void> | void {
    const { attachments, owner } = this.#options;
    const { sessionId: _session, prompt, ...rest } = call.params;
    const attachment = attachments.get(this.#sessionOf(call));
    if (attachment === undefined) return this.#pass(call);
    if (!Array.isArray(prompt) || !prompt.every(isObject))
      return this.#refuse(call, { code: INVALID_PARAMS, message: 'prompt must be a list of content blocks' });
    const origin = { owner, params: rest, signal: call.signal };
    const failure = attachment.prompt(call.id, call.done, () => attachment.open.session.prompt(prompt, origin));
    if (failure === undefined) return;
    if (failure.reason === 'session-not-open') return this.#refuse(call, notFound(this.#sessionOf(call)));
    this.#refuse(call, { code: INTERNAL_ERROR, message: `${failure.limit} prompts wait already` });
  }

  async #close(call: Call): Promise<void> {
    const attachment = this.#options.attachments.get(this.#sessionOf(call));
    if (attachment === undefined) return this.#pass(call);
    // After the end of the turns that this ends.
    attachment.atEnd(() => {
      call.done();
      return [resultText(call.id, {})];
    });
    await attachment.open.session.close();
  }

  async #delete(call: Call): Promise<void> {
    const { sessions, asker, shared } = this.#options;
    const sessionId = this.#sessionOf(call);
    const wasOurs = await sessions.remove(asker.agent, sessionId);
    // The agent forgets it, too, where it can; only its word counts for one that is none of ours.
    const answer = this.#can('delete') || !wasOurs ? await shared.request(call.method, call.params, call.signal) : {};
    this.#answer(call, answer);
  }

  async #pass(call: Call): Promise<void> {
    const { attachments, shared } = this.#options;
    const { method, params, signal } = call;
    const session = attachments.get(this.#sessionOf(call))?.open.session;
    if (session === undefined) return this.#answer(call, await shared.request(method, params, signal));
    const answered = await session.raw(method, params, signal);
    if (answered.ok) return this.#answer(call, answered.value);
    const { failure } = answered;
    if (failure.reason === 'session-not-open') return this.#refuse(call, notFound(this.#sessionOf(call)));
    this.#refuse(call, { code: failure.code, message: failure.detail, data: failure.data });
  }

  #sessionOf({ params }: Call): string {
    return textOf(params['sessionId']) ?? '';
  }

  #can(what: string): boolean {
    const capabilities = fieldsOf(this.#options.shared.initialized['agentCapabilities']);
    return (fieldsOf(capabilities['sessionCapabilities'])[what] ?? null) !== null;
  }

  #answer(call: Call, result: unknown): void {
    this.#say(call, resultText(call.id, result));
  }

  #refuse(call: Call, error: RpcError): void {
    this.#say(call, errorText(call.id, error));
  }

  /** Answers go where their requests came from, save those that make or load a session. */
  #say(call: Call, text: string): void {
    call.done();
    const isOpening = ['session/new', 'session/load', 'session/resume', 'session/fork'].includes(call.method);
    this.#options.attachments.say(isOpening ? undefined : call.answeredIn, text);
  }
}

const TOO_MANY: RpcError = {
  code: INTERNAL_ERROR,
  message: `this connection has ${MAX_SESSIONS} sessions, which is the limit: close one, or open another connection`,
};

function errorOf(error: unknown): RpcError {
  if (error instanceof AgentError) return error;
  return { code: INTERNAL_ERROR, message: error instanceof Error ? error.message : String(error) };
}
