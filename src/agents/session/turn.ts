/** One prompt and what comes of it. */
import type { Refusal } from './refusal.ts';

/** What a turn keeps of the agent's text; the log has all of it. */
const MAX_TEXT = 1024 * 1024;

export interface TurnEnd {
  readonly turn: number;
  readonly stopReason: string;
  readonly text: string;
  readonly usage: unknown;
  readonly error?: string;
}

export type Block = Readonly<Record<string, unknown>>;

export class Turn {
  readonly number: number;
  readonly content: readonly Block[];
  readonly ended: Promise<TurnEnd>;
  /** For who waits, when the end has been recorded. */
  readonly settle: (end: TurnEnd) => void;
  /** Why it is being cancelled, once it is. */
  cancelled: 'cancelled' | 'timeout' | undefined;
  usage: unknown = null;
  /** What the agent has answered in place of running it. */
  refusal: Refusal | undefined;
  readonly #parts: string[] = [];
  #characters = 0;

  constructor(number: number, content: readonly Block[]) {
    this.number = number;
    this.content = content;
    const { promise, resolve } = Promise.withResolvers<TurnEnd>();
    this.ended = promise;
    this.settle = resolve;
  }

  /** More of what the agent says. */
  say(text: string): void {
    if (this.#characters >= MAX_TEXT) return;
    const part = text.slice(0, MAX_TEXT - this.#characters);
    this.#parts.push(part);
    this.#characters += part.length;
  }

  /** What has come of it. */
  end(stopReason: string, error: string | undefined): TurnEnd {
    const { number: turn, usage, cancelled } = this;
    // Some agents answer a cancelled prompt with an error, or as if nothing had happened.
    const end = { turn, stopReason: cancelled ?? stopReason, text: this.#parts.join(''), usage };
    return error === undefined || cancelled !== undefined ? end : { ...end, error };
  }
}

/** The text of a prompt, for its title. */
export const textOfPrompt = (content: readonly Block[]): string =>
  content.flatMap(({ type, text }) => (type === 'text' && typeof text === 'string' ? [text] : [])).join('\n');
