/**
 * What goes on under each key right now: requests that wait for their answer, event streams, sockets. When a key is
 * deleted, rotated or over, all of it ends at once (CVE-2026-34503: a revoked key that lived on in its connections).
 */

/**
 * One of them; disposed of when it is over by itself. They are linked to each other and not in a Set: what a Set of JavaScriptCore
 * has had in it is kept until a full collection, which made each of the others ten times as long under many short requests.
 */
class Live implements Disposable {
  readonly end: () => void;
  /** The request it belongs to, where it is one. */
  readonly request: Request | undefined;
  #previous: Live | undefined;
  #next: Live | undefined;

  constructor(end: () => void, request?: Request) {
    this.end = end;
    this.request = request;
  }

  /** Takes its place behind that one. */
  follow(previous: Live): this {
    this.#previous = previous;
    this.#next = previous.#next;
    if (this.#next !== undefined) this.#next.#previous = this;
    previous.#next = this;
    return this;
  }

  get isOver(): boolean {
    return this.#previous === undefined;
  }

  /** All behind this one. */
  *others(): Generator<Live> {
    for (let at = this.#next; at !== undefined; at = at.#next) yield at;
  }

  [Symbol.dispose](): void {
    if (this.#previous !== undefined) this.#previous.#next = this.#next;
    if (this.#next !== undefined) this.#next.#previous = this.#previous;
    this.#previous = undefined;
    this.#next = undefined;
  }
}

export class LiveExchanges {
  /** What stands before the first one of a key, for good: there are few keys, and many requests. */
  readonly #byKey = new Map<string, Live>();

  /** How many go on under that key. */
  count(keyId: string): number {
    return this.#of(keyId).length;
  }

  /** `end` is called once, when the key ends; dispose when the exchange is over by itself. */
  add(keyId: string, end: () => void, request?: Request): Disposable {
    let first = this.#byKey.get(keyId);
    if (first === undefined) this.#byKey.set(keyId, (first = new Live(() => {})));
    return new Live(end, request).follow(first);
  }

  /** Ends all of that key but `except`: whoever rotates his own key gets the answer with the new one. */
  end(keyId: string, except?: Request): void {
    for (const live of this.#of(keyId)) {
      const isSpared = except !== undefined && live.request === except;
      // Perhaps by the end of another one.
      if (!isSpared && !live.isOver) live.end();
    }
  }

  #of(keyId: string): readonly Live[] {
    return [...(this.#byKey.get(keyId)?.others() ?? [])];
  }
}
