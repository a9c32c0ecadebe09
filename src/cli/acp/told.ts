/**
 * What the editor has of a session, so that of a replay only the rest is passed on. An agent may replay in other pieces than
 * it streamed in, so text is compared as text, one stream for each of those who speak; everything else as it is.
 */
import { isObject, keyOf, type Message } from './json-rpc.ts';

type Speaker = 'user_message_chunk' | 'agent_message_chunk' | 'agent_thought_chunk';

const isSpeaker = (kind: unknown): kind is Speaker =>
  kind === 'user_message_chunk' || kind === 'agent_message_chunk' || kind === 'agent_thought_chunk';

/** Who says what in an update that is text. */
function spoken({ sessionUpdate: kind, content }: Message): { speaker: Speaker; text: string } | undefined {
  const text = isObject(content) && content['type'] === 'text' ? content['text'] : undefined;
  return isSpeaker(kind) && typeof text === 'string' ? { speaker: kind, text } : undefined;
}

export class Told {
  readonly #texts: Record<Speaker, string> = {
    user_message_chunk: '',
    agent_message_chunk: '',
    agent_thought_chunk: '',
  };
  readonly #others = new Set<string>();

  /** An update that the editor gets. */
  note(update: Message): void {
    const said = spoken(update);
    if (said === undefined) this.#others.add(keyOf(update));
    else this.#texts[said.speaker] += said.text;
  }

  /** A prompt of the editor itself. */
  prompted(blocks: unknown): void {
    for (const content of Array.isArray(blocks) ? blocks : [])
      this.note({ sessionUpdate: 'user_message_chunk', content: content as unknown });
  }

  has(update: Message): boolean {
    return this.#others.has(keyOf(update));
  }

  text(speaker: Speaker): string {
    return this.#texts[speaker];
  }
}

/** A replay that goes on: how far in what the editor has it has come. */
export class Replay {
  readonly #told: Told;
  readonly #at: Record<Speaker, number> = { user_message_chunk: 0, agent_message_chunk: 0, agent_thought_chunk: 0 };

  constructor(told: Told) {
    this.#told = told;
  }

  /** What of the update the editor does not have. */
  rest(update: Message): Message | undefined {
    const said = spoken(update);
    if (said === undefined) return this.#told.has(update) ? undefined : update;
    const { speaker, text } = said;
    const at = this.#at[speaker];
    const told = this.#told.text(speaker);
    // The next piece of it, or a later one where the agent leaves some out.
    const found = told.startsWith(text, at) ? at : told.indexOf(text, at);
    if (found >= 0) {
      this.#at[speaker] = found + text.length;
      return undefined;
    }
    const last = told.slice(at);
    if (!text.startsWith(last)) return update;
    this.#at[speaker] = told.length;
    const content = isObject(update['content']) ? update['content'] : {};
    return last === '' ? update : { ...update, content: { ...content, text: text.slice(last.length) } };
  }
}
