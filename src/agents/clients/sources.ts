/** Where the messages of an outbox come from. */
import { Notifier } from '../../core/notifier.ts';
import type { Sendable } from './tail.ts';

export interface Source {
  /** The next message; undefined when there is none for now. */
  next(): Sendable | undefined;
  /** Calls `wake` when there may be one again, at the latest; dispose to call it off. */
  once(wake: () => void): Disposable;
  /** Nothing will come of it any more. */
  readonly over: boolean;
}

/** Messages that wait in memory, in the order in which they were added. */
export class Queue implements Source {
  readonly over = false;
  readonly #messages: string[] = [];
  readonly #added = new Notifier();

  get isEmpty(): boolean {
    return this.#messages.length === 0;
  }

  add(text: string): void {
    this.#messages.push(text);
    this.#added.notifyAll();
  }

  next(): Sendable | undefined {
    const text = this.#messages.shift();
    return text === undefined ? undefined : { text };
  }

  once(wake: () => void): Disposable {
    return this.#added.once(wake);
  }
}
