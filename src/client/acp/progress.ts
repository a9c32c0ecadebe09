/** What has come of a prompt so far, gathered from the events of its session. */
import { fieldsOf, textOf, type Fields, type SessionEntry } from '../../agents/session/entry.ts';
import { merge } from '../../agents/session/tool-calls.ts';
import type { ToolCall } from './acp-client.d.mts';

const STDERR_CHARACTERS = 10_000;

export class Progress {
  readonly warnings: string[] = [];
  #stderr = '';
  readonly #text: string[] = [];
  readonly #toolCalls = new Map<string, Fields>();

  get text(): string {
    return this.#text.join('');
  }

  get stderr(): string {
    return this.#stderr;
  }

  get toolCalls(): readonly ToolCall[] {
    return [...this.#toolCalls.values()];
  }

  add({ event, data }: SessionEntry): void {
    const fields = fieldsOf(data);
    switch (event) {
      case 'agent_message_chunk': {
        const content = fieldsOf(fields['content']);
        if (content['type'] === 'text') this.#text.push(textOf(content['text']) ?? '');
        return;
      }
      case 'tool_call':
      case 'tool_call_update':
        return this.#note(fields);
      case 'permission':
        // Some agents say here what a call is about, and nowhere else.
        return this.#note(fieldsOf(fields['toolCall']));
      case 'stderr':
        this.#stderr = `${this.#stderr}${textOf(fields['text']) ?? ''}\n`.slice(-STDERR_CHARACTERS);
        return;
      case 'warning':
        this.warnings.push(textOf(fields['text']) ?? '');
    }
  }

  #note({ sessionUpdate: _kind, ...call }: Fields): void {
    const id = textOf(call['toolCallId']);
    if (id !== undefined) this.#toolCalls.set(id, merge(this.#toolCalls.get(id), call));
  }
}
