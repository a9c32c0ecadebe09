/**
 * What goes on under each key right now: requests that wait for their answer, event streams, sockets. When a key is
 * deleted, rotated or over, all of it ends at once (CVE-2026-34503: a revoked key that lived on in its connections).
 */

/** One of them; disposed of when it is over by itself. */
class Live implements Disposable {
  readonly #all: Set<Live>;
  readonly end: () => void;
  /** The request it belongs to, where it is one. */
  readonly request: Request | undefined;

  constructor(all: Set<Live>, end: () => void, request: Request | undefined) {
    this.#all = all;
    this.end = end;
    this.request = request;
    all.add(this);
  }

  [Symbol.dispose](): void {
    this.#all.delete(this);
  }
}

export class LiveExchanges {
  /** A key has its set for good: there are few keys, and many requests. */
  readonly #byKey = new Map<string, Set<Live>>();

  /** How many go on under that key. */
  count(keyId: string): number {
    return this.#byKey.get(keyId)?.size ?? 0;
  }

  /** `end` is called once, when the key ends; dispose when the exchange is over by itself. */
  add(keyId: string, end: () => void, request?: Request): Disposable {
    let all = this.#byKey.get(keyId);
    if (all === undefined) this.#byKey.set(keyId, (all = new Set()));
    return new Live(all, end, request);
  }

  /** Ends all of that key but `except`: whoever rotates his own key gets the answer with the new one. */
  end(keyId: string, except?: Request): void {
    for (const live of this.#byKey.get(keyId) ?? []) {
      if (except !== undefined && live.request === except) continue;
      live.end();
    }
  }
}
