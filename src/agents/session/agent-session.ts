/**
 * A session with an agent: the broker between the agent and all who watch or use it.
 *
 *   starting ──opened──▶ open ──close──▶ ending ──tree gone──▶ closed
 *      │                  │
 *      └──cannot start────┴──agent ended by itself──▶ ending ──tree gone──▶ failed
 *
 * While it is open, one turn at a time runs (turns.ts). Whatever happens is an entry of the log first: those who follow
 * are cursors on it, and miss nothing however often they leave.
 */
import { fail, messageOf, ok, type Result } from '../../core/failure.ts';
import { Notifier } from '../../core/notifier.ts';
import { within } from '../../core/within.ts';
import { AgentGone, type AgentConnection } from '../connection/connection.ts';
import type { ChoicePorts, Chosen } from './choices.ts';
import { fieldsOf, type Fields } from './entry.ts';
import { endText } from './end-text.ts';
import type { HostServices } from './host-services.ts';
import { LinkedAgent } from './linked-agent.ts';
import { openSession, type OpeningFailure } from './opening.ts';
import { Permissions } from './permissions.ts';
import { withChoice, withPrompt, type ProfileFields } from './profile.ts';
import { Quiet } from './quiet.ts';
import { rawRequest } from './raw-request.ts';
import { Recorder } from './recorder.ts';
import type { SessionPorts, SessionSpec } from './spec.ts';
import type { Ended, SessionStateName, State } from './state.ts';
import { StderrTail } from './stderr-tail.ts';
import { textOfPrompt, type Block, type Turn, type TurnOrigin } from './turn.ts';
import { Turns } from './turns.ts';
import { Updates } from './updates.ts';
import { NOT_OPEN, type PromptFailure, type UseFailure } from './use-failure.ts';

/** Agents open a session within seconds; one that has not by then is not going to. */
const OPENING_MS = 120_000;

export class AgentSession {
  readonly spec: SessionSpec;
  readonly permissions: Permissions;
  readonly turns: Turns;
  /** Settles when the session is open, or over. Never rejects. */
  readonly opened: Promise<void>;
  /** Notified when the session has ended. */
  readonly whenEnded = new Notifier();
  readonly #ports: SessionPorts;
  readonly #recorder: Recorder;
  readonly #host: HostServices;
  readonly #updates: Updates;
  readonly #quiet: Quiet;
  readonly #agent = new LinkedAgent();
  #state: State = { at: 'starting' };
  #stderr: StderrTail | undefined;
  #acpSessionId: string | undefined;
  #told: SessionStateName | undefined;

  constructor(spec: SessionSpec, ports: SessionPorts) {
    this.spec = spec;
    this.#ports = ports;
    const { clock, log, recorded = () => {} } = ports;
    this.#acpSessionId = spec.load;
    const quiet = (this.#quiet = new Quiet(clock));
    this.#recorder = new Recorder({ log, clock, recorded, failed: (error) => void this.#fail(error) });
    const { record } = this.#recorder;
    this.#host = ports.host(record);
    this.turns = new Turns({
      spec,
      clock,
      quiet,
      record: (event, data) => this.#recordTurn(event, data),
      changed: () => this.#changed(),
      graceMs: ports.graceMs,
      letGo: () => this.permissions.cancelAll(),
      stuck: (error) => void this.#fail(error),
    });
    const current = { turn: () => this.turns.current, sessionId: () => this.#acpSessionId };
    this.#updates = new Updates({ spec, record, quiet, ...current });
    this.permissions = new Permissions({
      spec,
      confine: ports.confine,
      clock,
      record,
      toolCalls: this.#updates.toolCalls,
      timeoutMs: ports.permissionTimeoutMs,
      // How many wait is of no use on disk, and an agent may ask thousands.
      changed: () => this.state !== this.#told && this.#changed(),
    });
    this.#changed();
    this.opened = this.#open().catch((error: unknown) => this.#fail(messageOf(error)));
  }

  get state(): SessionStateName {
    switch (this.#state.at) {
      case 'starting':
        return 'starting';
      case 'open':
        if (this.permissions.waiting > 0) return 'waiting';
        return this.turns.current === undefined ? 'idle' : 'running';
      case 'failed':
      case 'closed':
        return this.#state.at;
      case 'ending':
        return this.#state.as.at;
    }
  }
  /** Its agent has ended with all it had started. */
  get over(): boolean {
    return this.#state.at === 'failed' || this.#state.at === 'closed';
  }
  get error(): string | undefined {
    const end = this.#state.at === 'ending' ? this.#state.as : this.#state;
    return end.at === 'failed' ? end.error : undefined;
  }
  /** What the agent has answered in place of opening a session. */
  get refusal(): OpeningFailure | undefined {
    return this.#state.at === 'failed' ? this.#state.refusal : undefined;
  }
  get profile(): ProfileFields {
    return this.#updates.profile;
  }
  get acpSessionId(): string | undefined {
    return this.#acpSessionId;
  }
  /** What the agent has answered when the session was made or loaded; empty before that. */
  get openingAnswer(): Fields {
    return this.#state.at === 'open' ? this.#state.answer : {};
  }
  get lastEventAt(): number {
    return this.#recorder.lastEventAt;
  }
  get pid(): number | undefined {
    return this.over ? undefined : this.#agent.pid;
  }

  /** It runs when its turn has come. */
  prompt(content: readonly Block[], origin?: TurnOrigin): Result<Turn, PromptFailure> {
    return this.#state.at === 'starting' || this.#state.at === 'open' ? this.turns.add(content, origin) : NOT_OPEN;
  }

  /**
   * Cancels the turn that runs and those that wait, or of these only those of that owner; false when there is none. The
   * turn ends when the agent has answered.
   */
  cancel(owner?: object): boolean {
    return this.turns.cancel(owner);
  }

  /** `choices.ts` has how. */
  async choose(choose: (ports: ChoicePorts) => Promise<Chosen>): Promise<Result<undefined, UseFailure>> {
    if (this.#state.at !== 'open') return NOT_OPEN;
    try {
      const chosen = await choose(this.#choicePorts(this.#state.connection));
      if (!chosen.ok) return fail({ reason: 'agent-refused', code: 0, detail: chosen.failure.detail });
      this.#ports.changed?.();
      return ok(undefined);
    } catch {
      return NOT_OPEN;
    }
  }

  /** Something about those who use it is an event, too. */
  note(event: 'attached' | 'detached', data: Fields): void {
    this.#recorder.record(event, data);
  }

  /** A notification of a client, as it is. */
  notify(method: string, params: Fields): void {
    if (this.#state.at === 'open') this.#state.connection.notify(method, params);
  }

  /** Any request of the protocol. */
  async raw(method: string, params: Fields, signal?: AbortSignal): Promise<Result<unknown, UseFailure>> {
    if (this.#state.at !== 'open') return NOT_OPEN;
    const asked = { method, params, sessionId: this.#acpSessionId };
    const answered = await rawRequest(this.#state.connection, asked, signal);
    if (!answered.ok) return answered;
    this.#updates.profile = withChoice(this.profile, method, params, fieldsOf(answered.value));
    return answered;
  }

  /** Cancels what runs, gives the agent its grace for it, and ends it with all it has started. */
  async close(): Promise<void> {
    const turn = this.turns.current;
    if (this.#state.at === 'open' && this.cancel() && turn !== undefined) await this.#soon(turn.ended);
    await this.#end({ at: 'closed' });
  }

  async #open(): Promise<void> {
    // Its log could not even be begun.
    if (this.#state.at !== 'starting') return;
    const { argv, cwd, env, id: treeId } = this.spec;
    const { record } = this.#recorder;
    const linking = this.#ports.link(
      { argv, cwd, env, treeId },
      {
        notification: (method, params) => this.#updates.take(method, params),
        oddity: (text) => record('warning', { text }),
        request: (method, params, signal) => this.#onRequest(method, params, signal),
      },
    );
    const agent = await this.#agent.take(linking);
    if (this.#state.at !== 'starting') return;
    const { connection } = agent;
    this.#stderr = new StderrTail(agent.stderr, (text) => record('stderr', { text }));
    void connection.closed.then(() => this.#onGone());
    // What it has started may hold its output open for ever.
    void agent.exited.then(() => this.#soon(connection.closed)).then(() => this.#onGone());
    const opening = openSession(this.spec, {
      ...this.#choicePorts(connection),
      sessionIs: (acpSessionId) => void (this.#acpSessionId = acpSessionId),
      settled: () => this.#quiet.settled(),
      warn: (text) => record('warning', { text }),
    });
    const done = await within(this.#ports.clock, OPENING_MS, opening).catch((error: unknown) => {
      // Its end tells more than that it is gone.
      if (error instanceof AgentGone) return undefined;
      throw error;
    });
    if (done === undefined) return this.#onGone();
    if (done === 'late') return this.#fail(`the agent did not open a session within ${OPENING_MS / 1000} s`);
    if (!done.ok) return this.#fail(done.failure.detail, done.failure);
    if (this.#state.at !== 'starting') return;
    this.#updates.replaying = false;
    this.#state = { at: 'open', connection, answer: done.value.answer };
    this.turns.begin({ connection, sessionId: this.#acpSessionId ?? '', authMethods: done.value.authMethods });
    this.#changed();
  }

  async #onRequest(method: string, params: unknown, signal: AbortSignal): Promise<unknown> {
    if (method === 'session/request_permission') return this.permissions.request(params, signal);
    return this.#host.request(method, params, signal);
  }

  /** The agent has closed its output, which it does a moment before it has ended. */
  async #onGone(): Promise<void> {
    if (this.#state.at !== 'starting' && this.#state.at !== 'open') return;
    const exit = this.#agent.exited === undefined ? 'late' : await this.#soon(this.#agent.exited);
    if (this.#stderr !== undefined) await this.#soon(this.#stderr.ended);
    await this.#fail(endText(exit, this.#stderr?.text ?? ''));
  }

  async #fail(error: string, refusal?: OpeningFailure): Promise<void> {
    if (this.#state.at === 'starting' || this.#state.at === 'open') await this.#end({ at: 'failed', error, refusal });
  }

  async #end(last: Ended): Promise<void> {
    if (this.#state.at === 'ending') return this.#state.ended;
    if (this.over) return;
    const connection = this.#state.at === 'open' ? this.#state.connection : undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#state = { at: 'ending', as: last, ended: promise };
    this.permissions.cancelAll();
    const ending = [this.#agent.end(), this.#host[Symbol.asyncDispose]()];
    for (const settled of await Promise.allSettled(ending)) {
      if (settled.status === 'rejected')
        this.#recorder.record('warning', { text: `not all of the agent could be ended: ${messageOf(settled.reason)}` });
    }
    // Its last words come on their way.
    if (this.#stderr !== undefined) await this.#soon(this.#stderr.ended);
    connection?.close();
    if (last.at === 'failed') this.turns.endAll('error', last.error);
    else this.turns.endAll('cancelled', undefined);
    this.#state = last;
    this.#changed();
    this.#recorder.close();
    this.whenEnded.notifyAll();
    resolve();
  }

  #recordTurn(event: 'prompt' | 'turn_end', data: object): void {
    const { current } = this.turns;
    if (event === 'prompt' && current !== undefined)
      this.#updates.profile = withPrompt(this.profile, textOfPrompt(current.content));
    this.#recorder.record(event, data);
  }

  #changed(): void {
    // The end is told when it has come: it is the last of the log, and until then a kill of the server is another one.
    if (this.#state.at === 'ending') return;
    const { state } = this;
    if (state !== this.#told) {
      this.#told = state;
      const { error, acpSessionId } = this;
      this.#recorder.record('state', { state, ...(acpSessionId && { acpSessionId }), ...(error && { error }) });
    }
    this.#ports.changed?.();
  }

  #choicePorts(connection: AgentConnection): ChoicePorts {
    return {
      connection,
      sessionId: () => this.#acpSessionId ?? '',
      profile: () => this.profile,
      setProfile: (profile) => void (this.#updates.profile = profile),
    };
  }

  #soon<T>(promise: Promise<T>): Promise<T | 'late'> {
    return within(this.#ports.clock, this.#ports.graceMs, promise);
  }
}
