/**
 * Prompts that wait for their turn. The log has a prompt when the server took it, which may be in the middle of the
 * answer to another: it is shown in the conversation when its turn begins.
 */
export interface WaitingPrompt {
  readonly id: number;
  readonly turn: number;
  readonly content: readonly unknown[];
}

export class PromptQueue {
  readonly #begin: (id: number, content: readonly unknown[]) => void;
  #waiting: WaitingPrompt[] = [];
  #running: number | undefined;
  /** The newest turn that an event has told of. */
  newest = 0;

  constructor(begin: (id: number, content: readonly unknown[]) => void) {
    this.#begin = begin;
  }

  get waiting(): readonly WaitingPrompt[] {
    return this.#waiting;
  }

  /** As far as the events say: where the turn that runs began before the first of them, it may be any. */
  isRunning(turn: number): boolean {
    return this.#running === undefined || this.#running === turn;
  }

  prompt(id: number, turn: number, content: readonly unknown[]): void {
    this.newest = Math.max(this.newest, turn);
    if (this.#running === undefined) this.#start({ id, turn, content });
    else this.#waiting.push({ id, turn, content });
  }

  /** A prompt that ends without having run, such as one that was cancelled while it waited, is shown before its end. */
  beforeEnd(turn: number): void {
    const found = this.#waiting.find((one) => one.turn === turn);
    if (found === undefined) return;
    this.#waiting = this.#waiting.filter((one) => one !== found);
    this.#begin(found.id, found.content);
  }

  end(turn: number): void {
    this.newest = Math.max(this.newest, turn);
    if (!this.isRunning(turn)) return;
    this.#running = undefined;
    const next = this.#waiting.shift();
    if (next !== undefined) this.#start(next);
  }

  #start({ id, turn, content }: WaitingPrompt): void {
    this.#running = turn;
    this.#begin(id, content);
  }
}
