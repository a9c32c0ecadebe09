/** Pieces of the body of an answer between the connection, which brings them, and whoever reads them. */
import type { AnswerStream } from './exchange.ts';

/** What has come and was not read; from here on the port waits. */
const MAX_HELD_BYTES = 256 * 1024;

export interface Flow {
  pause(): void;
  resume(): void;
  /** Breaks what comes, too. */
  leave(): void;
}

type State = { readonly at: 'coming' } | { readonly at: 'ended' } | { readonly at: 'broken'; readonly error: Error };
interface Waiter {
  resolve(piece: Uint8Array | undefined): void;
  reject(error: Error): void;
}

export class AnswerSource implements AnswerStream {
  readonly #flow: Flow;
  readonly #held: Uint8Array[] = [];
  #heldBytes = 0;
  #waiter: Waiter | undefined;
  #state: State = { at: 'coming' };

  constructor(flow: Flow) {
    this.#flow = flow;
  }

  push(piece: Uint8Array): void {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    if (waiter !== undefined) return waiter.resolve(piece);
    this.#held.push(piece);
    this.#heldBytes += piece.length;
    if (this.#heldBytes >= MAX_HELD_BYTES) this.#flow.pause();
  }

  end(): void {
    this.#state = { at: 'ended' };
    this.#waiter?.resolve(undefined);
    this.#waiter = undefined;
  }

  /** What has come before is read all the same. */
  break(detail: string): void {
    const error = new Error(detail);
    this.#state = { at: 'broken', error };
    this.#waiter?.reject(error);
    this.#waiter = undefined;
  }

  read(): Promise<Uint8Array | undefined> {
    const piece = this.#held.shift();
    if (piece !== undefined) {
      this.#heldBytes -= piece.length;
      if (this.#heldBytes === 0 && this.#state.at === 'coming') this.#flow.resume();
      return Promise.resolve(piece);
    }
    switch (this.#state.at) {
      case 'ended':
        return Promise.resolve(undefined);
      case 'broken':
        return Promise.reject(this.#state.error);
      case 'coming':
        return new Promise((resolve, reject) => (this.#waiter = { resolve, reject }));
    }
  }

  leave(): void {
    if (this.#state.at === 'coming') this.#flow.leave();
  }
}
