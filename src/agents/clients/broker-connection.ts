/**
 * The connection of one client: it has one agent process, whose sessions it makes and loads, and is attached to those.
 * See client.ts for its life.
 */
import type { Clock } from '../../core/clock.ts';
import { fail, messageOf as sentenceOf, ok, type Result } from '../../core/failure.ts';
import { within } from '../../core/within.ts';
import type { AgentProcess } from '../connection/agent-process.ts';
import { AgentError, AgentGone, INTERNAL_ERROR } from '../connection/connection.ts';
import { SharedAgent } from '../connection/shared-agent.ts';
import { endText } from '../session/end-text.ts';
import { fieldsOf, textOf, type Fields } from '../session/entry.ts';
import { StderrTail } from '../session/stderr-tail.ts';
import { ClientAttachments } from './client-attachments.ts';
import { ClientCalls } from './client-calls.ts';
import { clientInfoOf } from './client-info.ts';
import { ClientQuestions } from './client-questions.ts';
import type { Asker, ClientSessions, RpcFailure } from './client-sessions.ts';
import type { ClientConnection, ConnectionEnd, ConnectRequest, Initialized, Outbox, ReceiveFailure } from './client.ts';
import { toAgent, toClient } from './initialize.ts';
import { errorText, INVALID_REQUEST, messageOf, resultText, type RequestId, type RpcError } from './json-rpc.ts';
import { PendingRequests } from './pending-requests.ts';
import { Transports } from './transports.ts';

export interface BrokerConnectionPorts {
  readonly clock: Clock;
  readonly sessions: ClientSessions;
  /** Starts the agent, or rejects with a sentence. */
  readonly start: () => Promise<AgentProcess>;
  /** Milliseconds an agent has for the last words of its end. */
  readonly graceMs: number;
  /** It has ended. */
  readonly ended: () => void;
}

type State =
  | { readonly at: 'new' }
  | { readonly at: 'starting' }
  | { readonly at: 'open'; readonly shared: SharedAgent; readonly held: Disposable; readonly calls: ClientCalls }
  | { readonly at: 'ended' };

const MAX_REQUESTS = 32;
/** Notifications that the agent has not read yet. */
const MAX_STALLED = 256;
/** The agent may have read some of them by then. */
const LOOK_AGAIN_MS = 50;
/** Agents answer within seconds. */
const AGENT_ANSWERS_MS = 120_000;

export class BrokerConnection implements ClientConnection {
  readonly id: string;
  readonly keyId: string;
  readonly #request: ConnectRequest;
  readonly #ports: BrokerConnectionPorts;
  readonly #questions: ClientQuestions;
  readonly #attachments: ClientAttachments;
  // What is read right now is sent first.
  readonly #pending = new PendingRequests(() => queueMicrotask(() => this.#endWithAgent()));
  readonly #transports: Transports;
  /** Settles when the agent has answered `initialize`, or will not. */
  readonly #settled = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<ConnectionEnd>();
  #state: State = { at: 'new' };
  #client: unknown = null;
  #lookAgain: Disposable | undefined;
  #agentIsGone = false;

  constructor(id: string, request: ConnectRequest, ports: BrokerConnectionPorts) {
    this.id = id;
    this.keyId = request.keyId;
    this.#request = request;
    this.#ports = ports;
    const { clock } = ports;
    this.#transports = new Transports(clock, () => this.end('expired'));
    this.#questions = new ClientQuestions({ clock, awayMs: () => this.#transports.awayMs });
    this.#attachments = new ClientAttachments({
      clock,
      request,
      questions: this.#questions,
      told: () => ({ connection: id.slice(0, 8), client: this.#client, door: request.door }),
      sessionEnded: () => this.#endWithAgent(),
    });
  }

  get agent(): string {
    return this.#request.agent;
  }
  get door(): ConnectRequest['door'] {
    return this.#request.door;
  }
  get state(): ClientConnection['state'] {
    return this.#state.at === 'starting' ? 'open' : this.#state.at;
  }
  get ended(): Promise<ConnectionEnd> {
    return this.#ended.promise;
  }
  get outbox(): Outbox {
    return this.#attachments.outbox;
  }

  sessionOutbox(sessionId: string): Outbox | undefined {
    return this.#attachments.outboxOf(sessionId);
  }

  sessionOf(requestId: unknown): string | undefined {
    return this.#questions.sessionOf(requestId);
  }

  async initialize(message: Fields): Promise<Initialized> {
    const initialized = await this.#initialize(message);
    if (!initialized.ok) this.end('agent-gone');
    return initialized;
  }

  async #initialize(message: Fields): Promise<Initialized> {
    const id = message['id'] as RequestId;
    if (this.#state.at !== 'new')
      return { ok: false, text: errorText(id, { code: INVALID_REQUEST, message: 'initialized already' }) };
    this.#transports.initialized();
    const params = fieldsOf(message['params']);
    this.#client = clientInfoOf(params['clientInfo']);
    this.#state = { at: 'starting' };
    const started = await this.#start(params);
    this.#settled.resolve();
    if (started.ok) return { ok: true, text: resultText(id, toClient(started.value)) };
    return { ok: false, text: errorText(id, started.failure.error) };
  }

  receive(given: Fields, session?: string): Result<undefined, ReceiveFailure> {
    const { at } = this.#state;
    if (at === 'ended') return fail({ reason: 'connection-ended' });
    const message = messageOf(given);
    if (message === undefined) {
      this.reject(INVALID_REQUEST, 'neither a request nor a notification nor an answer, or its id is no exact one');
      return ok(undefined);
    }
    if (message.kind === 'request' && message.method === 'initialize') {
      const isFirst = this.#state.at === 'new';
      void this.#initialize(given).then((initialized) => {
        this.#attachments.say(undefined, initialized.text);
        if (isFirst && !initialized.ok) this.end('agent-gone');
      });
      return ok(undefined);
    }
    if (message.kind === 'request' && this.#pending.count >= MAX_REQUESTS)
      return fail({ reason: 'too-many-requests', limit: MAX_REQUESTS });
    if (this.#state.at === 'open' && this.#state.shared.waiting >= MAX_STALLED) return this.#stalled();
    switch (message.kind) {
      case 'answer':
        this.#questions.answered(message.id, message.message);
        break;
      case 'notification':
        if (message.method === '$/cancel_request') this.#pending.takeBack(message.params['requestId']);
        else void this.#whenOpen((calls) => calls.notify(message.method, message.params));
        break;
      case 'request': {
        const answeredIn = textOf(message.params['sessionId']) ?? session;
        const call = { ...message, ...this.#pending.add(message.id), answeredIn };
        void this.#whenOpen(
          (calls) => calls.run(call),
          (error) => {
            call.done();
            this.#attachments.say(answeredIn, errorText(message.id, error));
          },
        );
      }
    }
    return ok(undefined);
  }

  reject(code: number, sentence: string): void {
    this.#attachments.say(undefined, errorText(null, { code, message: sentence }));
  }

  attach(): Disposable {
    return this.#transports.attach();
  }

  close(): void {
    this.end('closed');
  }

  /** Its sessions go on; its agent does as long as one of them needs it. */
  end(why: ConnectionEnd): void {
    const state = this.#state;
    if (state.at === 'ended') return;
    this.#state = { at: 'ended' };
    this.#transports[Symbol.dispose]();
    this.#settled.resolve();
    this.#attachments.end(why, why === 'agent-gone');
    this.#questions.end();
    if (state.at === 'open') state.held[Symbol.dispose]();
    this.#ports.ended();
    this.#ended.resolve(why);
  }

  /** Whoever sends looks again when it is told that there may be something to read. */
  #stalled(): Result<never, ReceiveFailure> {
    this.#lookAgain?.[Symbol.dispose]();
    this.#lookAgain = this.#ports.clock.after(LOOK_AGAIN_MS, () => this.#attachments.outbox.wake());
    return fail({ reason: 'agent-stalled', limit: MAX_STALLED });
  }

  /** What comes before the answer to `initialize` waits for it, in order. */
  async #whenOpen(
    run: (calls: ClientCalls) => void | Promise<void>,
    otherwise?: (error: RpcError) => void,
  ): Promise<void> {
    if (this.#state.at === 'starting') await this.#settled.promise;
    if (this.#state.at === 'open') return run(this.#state.calls);
    otherwise?.({ code: INVALID_REQUEST, message: 'not initialized: send initialize first' });
  }

  /** The answer of the agent, or why there is none. */
  async #start(params: Fields): Promise<Result<Fields, RpcFailure>> {
    const { clock, start } = this.#ports;
    const refused = (error: RpcError) => fail({ reason: 'rpc-error', error } as const);
    const failed = (message: string) => refused({ code: INTERNAL_ERROR, message });
    let shared: SharedAgent;
    try {
      shared = await SharedAgent.connect(await start());
    } catch (error) {
      return failed(`the agent cannot be started: ${sentenceOf(error)}`);
    }
    const held = shared.hold();
    const stderr = new StderrTail(shared.stderr.copy().stream, () => {});
    try {
      const asked = shared.initialize(toAgent(params, this.#request.host));
      const answer = await within(clock, AGENT_ANSWERS_MS, Promise.race([asked, this.#ended.promise]));
      if (typeof answer !== 'string') {
        this.#opened(shared, held);
        return ok(answer);
      }
      held[Symbol.dispose]();
      return failed(answer === 'late' ? `no answer within ${AGENT_ANSWERS_MS / 1000} s` : 'the connection has ended');
    } catch (error) {
      const why = error instanceof AgentGone ? await this.#lastWords(shared, stderr) : sentenceOf(error);
      held[Symbol.dispose]();
      return error instanceof AgentError ? refused(error) : failed(why);
    }
  }

  #opened(shared: SharedAgent, held: Disposable): void {
    const { sessions } = this.#ports;
    const asker: Asker = {
      agent: this.#request.agent,
      link: (_start, reader) => Promise.resolve(shared.link(reader)),
      ...(this.#request.host === 'client' && { host: () => this.#clientServices() }),
    };
    const calls = new ClientCalls({ owner: this, shared, asker, sessions, attachments: this.#attachments });
    this.#state = { at: 'open', shared, held, calls };
    void shared.closed.then(() => {
      this.#agentIsGone = true;
      this.#endWithAgent();
    });
  }

  /** Files and terminals of the client, in place of this machine's. */
  #clientServices() {
    return {
      request: (method: string, params: unknown, signal: AbortSignal) =>
        this.#questions.ask(method, params, signal, (sessionId, text) => this.#attachments.say(sessionId, text)),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }

  /** Sessions of other processes keep it open, and whatever is still to be answered. */
  #endWithAgent(): void {
    if (this.#agentIsGone && this.#attachments.allOver && this.#pending.count === 0) this.end('agent-gone');
  }

  async #lastWords(shared: SharedAgent, stderr: StderrTail): Promise<string> {
    const { clock, graceMs } = this.#ports;
    const exit = await within(clock, graceMs, shared.exited);
    await within(clock, graceMs, stderr.ended);
    return endText(exit, stderr.text);
  }
}
