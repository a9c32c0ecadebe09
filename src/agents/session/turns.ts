/**
 * The turns of one session: one runs, the others wait in order.
 *
 *   waiting ──its turn──▶ running ──answer of the agent──▶ ended
 *      └──cancel──────────────┴──cancel──▶ cancelling ──answer──▶ ended
 *                             └──session over──▶ ended
 */
import type { Clock } from '../../core/clock.ts';
import { fail, ok, type Result } from '../../core/failure.ts';
import { AgentError, type AgentConnection } from '../connection/connection.ts';
import { fieldsOf, textOf } from './entry.ts';
import { sentenceOf, type Opened } from './opening.ts';
import type { Quiet } from './quiet.ts';
import type { SessionSpec } from './spec.ts';
import { Turn, type Block, type TurnOrigin } from './turn.ts';
import type { PromptFailure } from './use-failure.ts';

export interface TurnsOptions {
  readonly clock: Clock;
  readonly quiet: Quiet;
  readonly spec: Pick<SessionSpec, 'turnsBefore' | 'instructions' | 'turnTimeoutMs' | 'awaitsUsage'>;
  readonly record: (event: 'prompt' | 'turn_end', data: object) => void;
  /** A turn waits, has begun or ended. */
  readonly changed: () => void;
  /** Milliseconds an agent has to react to the cancel of a turn whose time is over. */
  readonly graceMs: number;
  /** A turn is being cancelled or is over: what it waits for must be answered. */
  readonly letGo: () => void;
  /** It has not reacted: one sentence. */
  readonly stuck: (error: string) => void;
}

/** With whom the turns are, once the session is open. */
export interface Partner extends Pick<Opened, 'authMethods'> {
  readonly connection: AgentConnection;
  readonly sessionId: string;
}

/** Each may hold 16 MiB. */
export const MAX_WAITING = 100;
/** Usage of a turn comes up to 38 ms after its answer (measured); nothing else is waited for so long. */
const LATE_MS = 50;

export class Turns {
  readonly #options: TurnsOptions;
  #waiting: Turn[] = [];
  #current: Turn | undefined;
  #partner: Partner | undefined;
  #instructions: string | undefined;
  #count: number;

  constructor(options: TurnsOptions) {
    this.#options = options;
    this.#count = options.spec.turnsBefore;
    this.#instructions = options.spec.instructions;
  }

  /** Prompts so far. */
  get count(): number {
    return this.#count;
  }
  get waiting(): number {
    return this.#waiting.length;
  }
  get current(): Turn | undefined {
    return this.#current;
  }
  /** A turn runs or waits. */
  get busy(): boolean {
    return this.#current !== undefined || this.#waiting.length > 0;
  }

  add(content: readonly Block[], origin?: TurnOrigin): Result<Turn, PromptFailure> {
    if (this.#waiting.length >= MAX_WAITING) return fail({ reason: 'too-many-prompts', limit: MAX_WAITING });
    const turn = new Turn((this.#count += 1), content, origin);
    this.#waiting.push(turn);
    origin?.signal.addEventListener('abort', () => this.#endWaiting((one) => one === turn, 'cancelled'), {
      once: true,
    });
    this.#runNext();
    // One that waits is on record, too: should the server be killed, its number has been given away.
    if (this.#current !== turn) this.#options.changed();
    return ok(turn);
  }

  /** The session is open: what waits runs. */
  begin(partner: Partner): void {
    this.#partner = partner;
    this.#runNext();
  }

  /** Cancels the turn that runs and those that wait, or of these only those of that owner; false when there is none. */
  cancel(owner?: object): boolean {
    const wasBusy = this.busy;
    this.#endWaiting(({ origin }) => owner === undefined || origin?.owner === owner, 'cancelled');
    this.#cancelCurrent('cancelled');
    return wasBusy;
  }

  /** The session is over, and with it all turns. */
  endAll(stopReason: string, error: string | undefined): void {
    this.#partner = undefined;
    if (this.#current !== undefined) this.#finish(this.#current, stopReason, error);
    this.#endWaiting(() => true, stopReason, error);
  }

  #cancelCurrent(because: 'cancelled' | 'timeout'): void {
    const turn = this.#current;
    if (turn === undefined || turn.cancelled !== undefined) return;
    turn.cancelled = because;
    this.#options.letGo();
    this.#partner?.connection.notify('session/cancel', { sessionId: this.#partner.sessionId });
  }

  /** They are told all the same: who reads the log sees what was asked for. */
  #endWaiting(which: (turn: Turn) => boolean, stopReason: string, error?: string): void {
    const waiting = this.#waiting.filter(which);
    this.#waiting = this.#waiting.filter((turn) => !which(turn));
    for (const turn of waiting) {
      this.#announce(turn);
      this.#conclude(turn, stopReason, error);
    }
    // Once for all: each time the record is written.
    if (waiting.length > 0) this.#options.changed();
  }

  #announce({ number, content }: Turn): void {
    const { record, clock } = this.#options;
    record('prompt', { turn: number, content, at: clock.now() / 1000 });
  }

  #runNext(): void {
    if (this.#partner === undefined || this.#current !== undefined) return;
    this.#current = this.#waiting.shift();
    if (this.#current !== undefined) void this.#run(this.#current, this.#partner);
  }

  async #run(turn: Turn, { connection, sessionId, authMethods }: Partner): Promise<void> {
    const { spec, changed, quiet } = this.#options;
    this.#announce(turn);
    changed();
    const before: Block[] = this.#instructions === undefined ? [] : [{ type: 'text', text: this.#instructions }];
    this.#instructions = undefined;
    using _deadline = this.#deadline(spec.turnTimeoutMs);
    try {
      const prompt = [...before, ...turn.content];
      const { origin } = turn;
      const params = { ...origin?.params, sessionId, prompt };
      const answer = fieldsOf(await connection.request('session/prompt', params, origin?.signal));
      turn.answer = answer;
      // Tokens of the turn, where the agent tells them; what it updates is how full its context is.
      turn.usage = answer['usage'] ?? turn.usage;
      if (turn.usage === null && spec.awaitsUsage) await quiet.next(LATE_MS, () => turn.usage !== null);
      this.#finish(turn, textOf(answer['stopReason']) ?? 'end_turn');
    } catch (error) {
      // Else the agent is gone, and the turn ends with the session, which knows why.
      if (!(error instanceof AgentError)) return;
      turn.answer = error;
      turn.refusal = { code: error.code, data: error.data, authMethods };
      this.#finish(turn, 'error', sentenceOf(error));
    }
  }

  /** A turn whose time is over is cancelled; an agent that does not react to that would hold it up for ever. */
  #deadline(limit: number | undefined): Disposable | undefined {
    if (limit === undefined) return undefined;
    const { clock, graceMs, stuck } = this.#options;
    let timer = clock.after(limit, () => {
      this.#cancelCurrent('timeout');
      const error = `a turn timed out after ${limit / 1000} s, and the agent did not react to the cancellation`;
      timer = clock.after(graceMs, () => stuck(error));
    });
    return { [Symbol.dispose]: () => timer[Symbol.dispose]() };
  }

  /** The turn that runs is over, unless it was before. */
  #finish(turn: Turn, stopReason: string, error?: string): void {
    if (this.#current !== turn) return;
    // An agent may answer the prompt and leave what it has asked: nobody waits for that any more.
    this.#options.letGo();
    this.#current = undefined;
    this.#conclude(turn, stopReason, error);
    this.#runNext();
    this.#options.changed();
  }

  #conclude(turn: Turn, stopReason: string, error: string | undefined): void {
    const end = turn.end(stopReason, error);
    this.#options.record('turn_end', { ...end, at: this.#options.clock.now() / 1000 });
    turn.settle(end);
  }
}
