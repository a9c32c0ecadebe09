/** The events of an acp job, in the form that devpilot-agent has: made of the entries of the session's log. */
import { fieldsOf, textOf, type Fields, type SessionEntry } from '../../agents/session/entry.ts';
import { toSeconds } from '../../core/clock.ts';
import type { ACP_JOB_EVENTS } from '../../protocol/acp-job.ts';

export interface JobEvent {
  readonly type: (typeof ACP_JOB_EVENTS)[number];
  readonly timestamp: number;
  readonly data: Fields;
}

const KEPT = 500;
/** Updates may hold whole files. */
const KEPT_BYTES = 8 * 1024 * 1024;

/** The last 500 events, and 8 MiB of them at most. */
export class JobEvents {
  readonly #events: { readonly event: JobEvent; readonly bytes: number }[] = [];
  readonly #asked = new Map<unknown, Fields>();
  #bytes = 0;

  get list(): readonly JobEvent[] {
    return this.#events.map(({ event }) => event);
  }

  add({ at, event, data }: SessionEntry): void {
    const made = this.#made(event, fieldsOf(data));
    if (made === undefined) return;
    const [type, content] = made;
    const bytes = JSON.stringify(content).length;
    this.#events.push({ event: { type, timestamp: toSeconds(at), data: content }, bytes });
    this.#bytes += bytes;
    while (this.#events.length > KEPT || (this.#bytes > KEPT_BYTES && this.#events.length > 1))
      this.#bytes -= this.#events.shift()?.bytes ?? 0;
  }

  #made(event: string, data: Fields): readonly [JobEvent['type'], Fields] | undefined {
    switch (event) {
      case 'agent_message_chunk':
        return ['message', { content: contentOf(data) }];
      case 'agent_thought_chunk':
        return ['thought', { content: contentOf(data) }];
      case 'tool_call':
      case 'tool_call_update':
        return [event, data];
      case 'file_read':
        return [event, { path: data['path'] }];
      case 'file_write':
        return [event, { path: data['path'], size: data['size'] }];
      case 'terminal_run':
        return [event, { command: data['command'], args: data['args'], cwd: data['cwd'] }];
      case 'warning':
        return ['message', { content: data['text'], warning: true }];
      case 'permission':
        this.#asked.set(data['id'], data);
        return undefined;
      case 'permission_answer':
        return ['permission', this.#decision(data)];
      default:
        return undefined;
    }
  }

  /** Told when it is decided: with the reason, and with which option. */
  #decision({ id, optionId, by, reason }: Fields): Fields {
    const { toolCall, options } = this.#asked.get(id) ?? {};
    this.#asked.delete(id);
    const call = fieldsOf(toolCall);
    return {
      tool: call['title'] ?? call['kind'] ?? call['toolCallId'] ?? null,
      options,
      toolCall,
      optionId,
      by,
      reason,
    };
  }
}

/** Text as it is; of an image or a resource the block itself. */
function contentOf({ content }: Fields): unknown {
  const block = fieldsOf(content);
  return block['type'] === 'text' ? (textOf(block['text']) ?? '') : content;
}
