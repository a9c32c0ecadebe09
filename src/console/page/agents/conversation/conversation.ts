/**
 * Makes a conversation out of the events of a session.
 *
 * It may begin anywhere in the log: an update of a tool call that was announced before makes a row all the same.
 */
import type { FollowedAgentEvent } from '../../../../client/agents.ts';
import { listOf, numberOf, objectOf, textOf, type Sent } from '../sent.ts';
import type { Entry, PlanEntry } from './entry.ts';
import { MessageWriter } from './message-writer.ts';
import { Permissions } from './permissions.ts';
import { PromptQueue } from './prompt-queue.ts';
import { Timeline } from './timeline.ts';
import { ToolCalls } from './tool-calls.ts';
import { stepOf } from './tool-facts.ts';

/** What the record of the session has, too, or what the page has no use for. */
const ELSEWHERE = [
  'available_commands_update',
  'current_mode_update',
  'config_option_update',
  'session_info_update',
  'usage_update',
  'attached',
  'detached',
];

export class Conversation {
  readonly timeline = new Timeline();
  readonly #messages = new MessageWriter(this.timeline);
  readonly queue = new PromptQueue((id, content) => this.#messages.prompt(id, content));
  readonly tools = new ToolCalls(this.timeline, () => this.#messages.end());
  readonly permissions = new Permissions(this.timeline);
  /** Number of the last event that was taken. */
  lastId: number;
  /** Number of the event before the first that is here; 0: all are here. */
  since: number;
  #plan: PlanEntry | undefined;

  constructor(since = 0) {
    this.lastId = since;
    this.since = since;
  }

  /** Drops the first entries, and returns them. */
  forget(count: number): Entry[] {
    const gone = this.timeline.forget(count);
    this.tools.forget(gone);
    this.since = Math.max(this.since, (this.timeline.entries[0]?.id ?? this.lastId + 1) - 1);
    if (this.#plan !== undefined && gone.includes(this.#plan)) this.#plan = undefined;
    return gone;
  }

  take({ id, event, data: sent }: FollowedAgentEvent): void {
    if (id <= this.lastId) return;
    this.lastId = id;
    const data = objectOf(sent);
    switch (event) {
      case 'prompt':
        return this.queue.prompt(id, numberOf(data['turn']) ?? 0, listOf(data['content']));
      case 'user_message_chunk':
        return this.#messages.write(id, 'user', data);
      case 'agent_message_chunk':
        return this.#messages.write(id, 'agent', data);
      case 'agent_thought_chunk':
        return this.#messages.write(id, 'thought', data);
      case 'tool_call':
      case 'tool_call_update':
        return this.tools.takeTool(id, data);
      case 'terminal_run':
      case 'terminal_end':
        return this.tools.takeTerminal(id, data);
      case 'plan':
        return this.#takePlan(id, data);
      case 'permission':
        this.#messages.end();
        return this.permissions.take(id, data);
      case 'permission_answer':
        return this.permissions.answer(id, data);
      case 'turn_end':
        return this.#endTurn(id, data);
      default:
        return this.#takeNote(id, event, data);
    }
  }

  #takePlan(id: number, data: Sent): void {
    if (this.#plan === undefined) {
      this.#messages.end();
      this.#plan = { id, at: 'plan', steps: [] };
      this.timeline.add(this.#plan);
    }
    this.#plan.steps = listOf(data['entries']).map(stepOf);
    this.timeline.change(this.#plan);
  }

  #endTurn(id: number, data: Sent): void {
    const turn = numberOf(data['turn']) ?? 0;
    this.queue.beforeEnd(turn);
    this.#messages.end();
    // A prompt that was cancelled while it waited ends in the middle of another turn, which goes on.
    if (this.queue.isRunning(turn)) {
      this.#plan = undefined;
      this.tools.endTurn();
    }
    this.timeline.add({
      id,
      at: 'turn-end',
      stopReason: textOf(data['stopReason']) ?? 'end_turn',
      error: textOf(data['error']),
      usage: objectOf(data['usage']),
    });
    this.queue.end(turn);
  }

  #takeNote(id: number, event: string, data: Sent): void {
    const note = this.timeline.note.bind(this.timeline, id);
    switch (event) {
      case 'state':
        return this.#takeState(id, data);
      case 'file_read':
        return note('files', `Read ${textOf(data['path']) ?? 'a file'}`);
      case 'file_write':
        return note('files', `Wrote ${textOf(data['path']) ?? 'a file'}`);
      case 'stderr':
      case 'warning':
        return note(event, textOf(data['text']) ?? '');
      case 'notice':
        return note('notice', [data['title'], data['description']].map(textOf).filter(Boolean).join(': '));
      default:
        if (!ELSEWHERE.includes(event)) note('other', `${event} ${JSON.stringify(data)}`);
    }
  }

  #takeState(id: number, data: Sent): void {
    const error = textOf(data['error']);
    if (error !== undefined) this.timeline.note(id, 'error', error);
    else if (data['state'] === 'closed') this.timeline.note(id, 'state', 'The session was closed.');
  }
}
