/** What an agent tells by itself: each update goes into the log as it came, and what is known is kept up to date. */
import { fieldsOf, OWN_EVENTS, textOf } from './entry.ts';
import { EMPTY_PROFILE, withUpdate, type ProfileFields } from './profile.ts';
import type { Quiet } from './quiet.ts';
import { ToolCalls } from './tool-calls.ts';
import type { Turn } from './turn.ts';

export interface UpdatesOptions {
  readonly record: (event: string, data: unknown) => void;
  readonly quiet: Quiet;
  readonly turn: () => Turn | undefined;
  /** Whether a history that is replayed is new to the log. */
  readonly logsHistory: boolean;
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

  constructor(options: UpdatesOptions, title: string | null, replaying: boolean) {
    this.#options = options;
    this.profile = { ...EMPTY_PROFILE, title };
    this.replaying = replaying;
  }

  take(method: string, params: unknown): void {
    const { record, quiet, logsHistory, turn: turnOf } = this.#options;
    if (method !== 'session/update') return record('warning', { text: `a notification of the kind ${method}` });
    const update = fieldsOf(fieldsOf(params)['update']);
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
    if (!isHistory || logsHistory) record(kind, update);
    quiet.stir();
  }
}

/** No agent says in the name of the server that a turn has ended or a request was answered. */
function kindOf(told: unknown): string {
  const kind = textOf(told) ?? '';
  return WORD.test(kind) && !OWN_EVENTS.has(kind) ? kind : 'update';
}
