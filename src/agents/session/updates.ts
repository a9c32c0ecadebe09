/** What an agent tells by itself: each update goes into the log as it came, and what is known is kept up to date. */
import { fieldsOf, OWN_EVENTS, textOf } from './entry.ts';
import { EMPTY_PROFILE, withUpdate, type ProfileFields } from './profile.ts';
import type { Quiet } from './quiet.ts';
import type { SessionSpec } from './spec.ts';
import { ToolCalls } from './tool-calls.ts';
import type { Turn } from './turn.ts';

export interface UpdatesOptions {
  readonly record: (event: string, data: unknown, meta?: unknown) => void;
  readonly quiet: Quiet;
  readonly turn: () => Turn | undefined;
  readonly spec: Pick<SessionSpec, 'titleBefore' | 'load' | 'logsHistory'>;
  /** Undefined while the agent has not said it. */
  readonly sessionId: () => string | undefined;
}

/** Kinds of updates that are a part of the conversation: what `session/load` replays. */
const HISTORY: ReadonlySet<string> = new Set([
  'user_message_chunk',
  'agent_message_chunk',
  'agent_thought_chunk',
  'tool_call',
  'tool_call_update',
  'plan',
]);

/** What goes into a line of an event stream as it is. */
const WORD = /^[\w./-]{1,100}$/;

export class Updates {
  readonly toolCalls = new ToolCalls();
  profile: ProfileFields;
  /** The agent tells what was: none of it belongs to a turn of ours. */
  replaying: boolean;
  readonly #options: UpdatesOptions;

  constructor(options: UpdatesOptions) {
    this.#options = options;
    this.profile = { ...EMPTY_PROFILE, title: options.spec.titleBefore };
    this.replaying = options.spec.load !== undefined;
  }

  take(method: string, params: unknown): void {
    const { record, quiet, spec, turn: turnOf } = this.#options;
    if (method !== 'session/update')
      return record('warning', { text: `a notification of the kind ${method}`, method, params });
    const given = fieldsOf(params);
    const update = fieldsOf(given['update']);
    // Such as that of an agent's own helper: none of it is said to who has asked here.
    if (this.#isOfAnother(given['sessionId'])) return record('other_session', given);
    const kind = kindOf(update['sessionUpdate']);
    this.profile = withUpdate(this.profile, kind, update);
    const isHistory = this.replaying && HISTORY.has(kind);
    if (!isHistory) {
      if (kind === 'tool_call' || kind === 'tool_call_update') this.toolCalls.note(update);
      const turn = turnOf();
      const content = fieldsOf(update['content']);
      if (kind === 'agent_message_chunk' && content['type'] === 'text') turn?.say(textOf(content['text']) ?? '');
      if (kind === 'usage_update' && turn !== undefined) turn.usage = this.profile.usage;
    }
    if (!isHistory || spec.logsHistory) record(kind, update, given['_meta']);
    quiet.stir();
  }

  #isOfAnother(sessionId: unknown): boolean {
    const ours = this.#options.sessionId();
    return ours !== undefined && typeof sessionId === 'string' && sessionId !== ours;
  }
}

/** No agent says in the name of the server that a turn has ended or a request was answered. */
function kindOf(told: unknown): string {
  const kind = textOf(told) ?? '';
  return WORD.test(kind) && !OWN_EVENTS.has(kind) ? kind : 'update';
}
