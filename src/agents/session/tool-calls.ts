/**
 * Tool calls as they were announced, so that a permission request that names little more than an id can be decided on.
 * An update may come without its call, and a request before its announcement: whatever is there is put together.
 */
import { fieldsOf, textOf, type Fields } from './entry.ts';

/** Calls of a long session that are over are forgotten, the oldest first. */
const KEPT = 1000;
/** Characters of JSON: a call may hold whole files. */
const KEPT_CHARACTERS = 64 * 1024 * 1024;

interface Kept {
  readonly call: Fields;
  readonly characters: number;
}

export class ToolCalls {
  readonly #calls = new Map<string, Kept>();
  #characters = 0;

  /** Of an update of kind `tool_call` or `tool_call_update`. */
  note(update: Fields): void {
    const id = textOf(update['toolCallId']);
    if (id === undefined) return;
    const { sessionUpdate: _kind, ...call } = update;
    const merged = merge(this.#calls.get(id)?.call, call);
    const characters = JSON.stringify(merged).length;
    this.#forget(id);
    this.#calls.set(id, { call: merged, characters });
    this.#characters += characters;
    for (const oldest of this.#calls.keys()) {
      if (oldest === id || (this.#calls.size <= KEPT && this.#characters <= KEPT_CHARACTERS)) return;
      this.#forget(oldest);
    }
  }

  #forget(id: string): void {
    this.#characters -= this.#calls.get(id)?.characters ?? 0;
    this.#calls.delete(id);
  }

  /** What was announced of the call that a permission request names; undefined where nothing was. */
  announced(toolCall: unknown): Fields | undefined {
    return this.#calls.get(textOf(fieldsOf(toolCall)['toolCallId']) ?? '')?.call;
  }

  /** What a permission request says of a call, laid over what was announced of it. */
  whole(toolCall: unknown): Fields {
    return merge(this.announced(toolCall), fieldsOf(toolCall));
  }
}

/** A field that is null or absent says nothing new. */
export function merge(known: Fields | undefined, news: Fields): Fields {
  return { ...known, ...Object.fromEntries(Object.entries(news).filter(([, value]) => (value ?? null) !== null)) };
}
