/** One prompt and what comes of it. */
import type { AgentError } from '../connection/connection.ts';
import type { Fields } from './entry.ts';
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

/** Where a prompt comes from that a client elsewhere has sent. */
export interface TurnOrigin {
  /** Whoever cancels what he has sent names it again. */
  readonly owner: object;
  /** The request as it was sent: what of it we do not know goes to the agent, too. */
  readonly params: Fields;
  /** Aborted when the client does not want the answer any more. */
  readonly signal: AbortSignal;
}

export class Turn {
  readonly number: number;
  readonly content: readonly Block[];
  readonly ended: Promise<TurnEnd>;
  /** For who waits, when the end has been recorded. */
  readonly settle: (end: TurnEnd) => void;
  /** Why it is being cancelled, once it is. */
  cancelled: 'cancelled' | 'timeout' | undefined;
  usage: unknown = null;
  /** What the agent has answered, as it was sent. */
  answer: Fields | AgentError | undefined;
  readonly origin: TurnOrigin | undefined;
  /** What the agent has answered in place of running it. */
  refusal: Refusal | undefined;
  readonly #parts: string[] = [];
  #characters = 0;

  constructor(number: number, content: readonly Block[], origin?: TurnOrigin) {
    this.origin = origin;
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
