/** Requests of a client that wait for their answers, so that it can take them back, and so that there are not too many. */
import type { RequestId } from './json-rpc.ts';

export class PendingRequests {
  readonly #aborts = new Map<string, AbortController>();
  readonly #answered: () => void;
  #count = 0;

  /** `answered`: one of them is, or will be before anything else happens. */
  constructor(answered: () => void) {
    this.#answered = answered;
  }

  get count(): number {
    return this.#count;
  }

  /** `signal` is aborted when the client takes it back; `done` is called when it is answered. */
  add(id: RequestId): { readonly signal: AbortSignal; readonly done: () => void } {
    const key = keyOf(id);
    const abort = new AbortController();
    this.#aborts.set(key, abort);
    this.#count += 1;
    let isDone = false;
    const done = () => {
      if (isDone) return;
      isDone = true;
      this.#count -= 1;
      if (this.#aborts.get(key) === abort) this.#aborts.delete(key);
      this.#answered();
    };
    return { signal: abort.signal, done };
  }

  /** `$/cancel_request`. */
  takeBack(id: unknown): void {
    this.#aborts.get(keyOf(id))?.abort();
  }
}

/** 0 and "0" are two requests. */
const keyOf = (id: unknown): string => JSON.stringify(id) ?? '';
