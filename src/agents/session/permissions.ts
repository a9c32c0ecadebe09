/**
 * The permission requests of one session: decided by policy, or parked for somebody to answer.
 *
 *   asked ──policy──▶ answered
 *     └──parked──▶ answered by a person | rejected when its time is over | cancelled with its turn or its request
 *
 * Each request gets one answer, and each answer is an event with its reason.
 */
import type { Clock } from '../../core/clock.ts';
import { fail, ok, type Result } from '../../core/failure.ts';
import { decide } from '../policy/decide.ts';
import { optionFor, type Answer } from '../policy/options.ts';
import type { Confine } from '../policy/places.ts';
import { fieldsOf, listOf, type Fields } from './entry.ts';
import type { SessionSpec } from './spec.ts';
import type { ToolCalls } from './tool-calls.ts';

export interface PendingPermission {
  readonly id: string;
  readonly toolCall: Fields;
  readonly options: readonly unknown[];
  /** Unix milliseconds. */
  readonly requestedAt: number;
}

export type PermissionAnswer =
  | { readonly reply: Answer }
  | { readonly optionId: string }
  /** By the client that has prompted: the protocol's word for a person who has turned away. */
  | { readonly cancelled: true };

export type AnswerFailure =
  | { readonly reason: 'permission-not-found' }
  | { readonly reason: 'permission-answered' }
  | { readonly reason: 'option-missing'; readonly detail: string };

export interface PermissionsOptions {
  readonly spec: Pick<SessionSpec, 'policy' | 'cwd'>;
  readonly confine: Confine;
  readonly toolCalls: ToolCalls;
  readonly clock: Clock;
  /** Milliseconds until a request that nobody has answered is rejected; 0: never. */
  readonly timeoutMs: number;
  readonly record: (event: 'permission' | 'permission_answer', data: Fields) => void;
  /** The number of those that wait has changed. */
  readonly changed: () => void;
}

/** The answer to the agent, in the form of the protocol. */
type Outcome = { readonly outcome: 'selected'; readonly optionId: string } | { readonly outcome: 'cancelled' };
type By = 'policy' | 'person' | 'timeout' | 'cancel';

interface Parked extends PendingPermission {
  readonly settle: (optionId: string | undefined, by: By, reason: string) => void;
}

export class Permissions {
  readonly #options: PermissionsOptions;
  readonly #parked = new Map<string, Parked>();
  readonly #params = new Map<string, Fields>();
  #asked = 0;

  constructor(options: PermissionsOptions) {
    this.#options = options;
  }

  /** Those that wait, oldest first. */
  get pending(): readonly PendingPermission[] {
    return [...this.#parked.values()].map(({ settle: _settle, ...permission }) => permission);
  }

  /** The request of one that waits, as the agent has sent it; known before the log has it. */
  paramsOf(id: string): Fields | undefined {
    return this.#params.get(id);
  }

  get waiting(): number {
    return this.#parked.size;
  }

  /** The answer to `session/request_permission`. `signal` is aborted when the agent takes the request back. */
  async request(params: unknown, signal: AbortSignal): Promise<{ readonly outcome: Outcome }> {
    const { spec, confine, toolCalls, clock, record } = this.#options;
    const { policy, cwd } = spec;
    const given = fieldsOf(params);
    const toolCall = toolCalls.whole(given['toolCall']);
    const announced = toolCalls.announced(given['toolCall']);
    const options = listOf(given['options']);
    const permission = { id: `p${(this.#asked += 1)}`, toolCall, options, requestedAt: clock.now() };
    const decision = decide({ policy, toolCall: given['toolCall'], announced, options, cwd, confine });
    if (decision.outcome === 'ask') this.#params.set(permission.id, given);
    record('permission', { id: permission.id, toolCall, options });
    if (decision.outcome === 'ask') return { outcome: await this.#park(permission, signal) };
    return { outcome: this.#answer(permission.id, decision.optionId, 'policy', decision.reason) };
  }

  /** Somebody answers one that waits. */
  answer(id: string, answer: PermissionAnswer): Result<{ readonly optionId: string | undefined }, AnswerFailure> {
    const parked = this.#parked.get(id);
    if (parked === undefined)
      return fail({ reason: this.#wasAsked(id) ? 'permission-answered' : 'permission-not-found' });
    if ('optionId' in answer) {
      const there = parked.options.some((option) => fieldsOf(option)['optionId'] === answer.optionId);
      if (!there) return fail({ reason: 'option-missing', detail: `there is no option ${answer.optionId}` });
      parked.settle(answer.optionId, 'person', 'answered with this option');
      return ok({ optionId: answer.optionId });
    }
    if ('cancelled' in answer) {
      parked.settle(undefined, 'person', 'answered as cancelled');
      return ok({ optionId: undefined });
    }
    const found = this.#optionFor(parked, answer.reply);
    // A rejection is possible without an option for it: the request is then answered as cancelled.
    if (!found.ok && answer.reply !== 'reject')
      return fail({ reason: 'option-missing', detail: found.failure.message });
    const optionId = found.ok ? found.value : undefined;
    parked.settle(optionId, 'person', `answered with ${answer.reply}`);
    return ok({ optionId });
  }

  /** The turn is cancelled or over, or the session is: the protocol wants all of them answered. */
  cancelAll(): void {
    for (const parked of this.#parked.values()) parked.settle(undefined, 'cancel', 'the turn is over');
  }

  /** An agent that offers no `always` is told `once`, which says less. */
  #optionFor({ options }: Parked, reply: Answer): ReturnType<typeof optionFor> {
    const found = optionFor(options, reply);
    return found.ok || reply !== 'always' ? found : optionFor(options, 'once');
  }

  #wasAsked(id: string): boolean {
    const number = /^p([1-9]\d{0,8})$/.exec(id)?.[1];
    return number !== undefined && Number(number) <= this.#asked;
  }

  #park(permission: PendingPermission, signal: AbortSignal): Promise<Outcome> {
    const { clock, timeoutMs, changed } = this.#options;
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const withdraw = () => settle(undefined, 'cancel', 'the agent has withdrawn its request');
    const timer =
      timeoutMs === 0
        ? undefined
        : clock.after(timeoutMs, () => {
            const option = optionFor(permission.options, 'reject');
            const optionId = option.ok ? option.value : undefined;
            settle(optionId, 'timeout', `nobody answered within ${timeoutMs / 1000} s`);
          });
    const settle: Parked['settle'] = (optionId, by, reason) => {
      if (!this.#parked.delete(permission.id)) return;
      this.#params.delete(permission.id);
      timer?.[Symbol.dispose]();
      signal.removeEventListener('abort', withdraw);
      resolve(this.#answer(permission.id, optionId, by, reason));
      changed();
    };
    this.#parked.set(permission.id, { ...permission, settle });
    signal.addEventListener('abort', withdraw, { once: true });
    changed();
    if (signal.aborted) withdraw();
    return promise;
  }

  #answer(id: string, optionId: string | undefined, by: By, reason: string): Outcome {
    this.#options.record('permission_answer', { id, optionId: optionId ?? null, by, reason });
    return optionId === undefined ? { outcome: 'cancelled' } : { outcome: 'selected', optionId };
  }
}
