/**
 * Writes the messages of a conversation, which come in chunks.
 *
 * A message goes on over notes that come in between, and ends with whatever else does. One that is very long goes on in
 * another entry, so that no entry grows without bound.
 */
import { objectOf, textOf, type Sent } from '../sent.ts';
import type { MessageEntry } from './entry.ts';
import type { Timeline } from './timeline.ts';

const MAX_LENGTH = 100_000;

export class MessageWriter {
  readonly #timeline: Timeline;
  #open: MessageEntry | undefined;
  /** The text of the prompt whose turn runs: some agents repeat it. */
  #prompted = '';

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  prompt(id: number, content: readonly unknown[]): void {
    this.end();
    for (const block of content) this.#put(id, 'user', objectOf(block), undefined);
    this.#prompted = textIn(this.#open);
    this.end();
  }

  write(id: number, role: MessageEntry['role'], { content, messageId }: Sent): void {
    const block = objectOf(content);
    const text = textOf(block['text']);
    if (role === 'user' && this.#prompted !== '' && text !== undefined && this.#prompted.startsWith(text)) {
      this.#prompted = this.#prompted.slice(text.length);
      return;
    }
    this.#put(id, role, block, textOf(messageId));
  }

  /** What comes next is not part of the message. */
  end(): void {
    if (this.#open === undefined) return;
    this.#open.ended = true;
    this.#timeline.change(this.#open);
    this.#open = undefined;
  }

  #put(id: number, role: MessageEntry['role'], block: Sent, messageId: string | undefined): void {
    const open = this.#entryFor(id, role, messageId);
    const text = block['type'] === 'text' ? (textOf(block['text']) ?? '') : undefined;
    if (text === undefined) open.parts.push({ at: 'block', block });
    else {
      const last = open.parts.at(-1);
      if (last?.at === 'text') last.text += text;
      else open.parts.push({ at: 'text', text });
      open.length += text.length;
    }
    this.#timeline.change(open);
  }

  #entryFor(id: number, role: MessageEntry['role'], messageId: string | undefined): MessageEntry {
    const open = this.#open;
    const same = open?.role === role && (messageId === undefined || open.messageId === messageId);
    if (open !== undefined && same && open.length < MAX_LENGTH) return open;
    this.end();
    const entry: MessageEntry = {
      id,
      at: 'message',
      role,
      parts: [],
      messageId,
      length: 0,
      continued: same,
      ended: false,
    };
    this.#open = entry;
    this.#timeline.add(entry);
    return entry;
  }
}

const textIn = (entry: MessageEntry | undefined): string =>
  (entry?.parts ?? []).map((part) => (part.at === 'text' ? part.text : '')).join('');
