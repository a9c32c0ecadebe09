/**
 * What goes on under each key right now: requests that wait for their answer, event streams, sockets. When a key is
 * deleted, rotated or over, all of it ends at once (CVE-2026-34503: a revoked key that lived on in its connections).
 */
import { Link, LinkedList } from '../core/linked-list.ts';

/** One of them; disposed of when it is over by itself. */
class Live extends Link {
  readonly end: () => void;
  /** The request it belongs to, where it is one. */
  readonly request: Request | undefined;

  constructor(end: () => void, request: Request | undefined) {
    super();
    this.end = end;
    this.request = request;
  }
}

export class LiveExchanges {
  /** A key has its list for good: there are few keys, and many requests. */
  readonly #byKey = new Map<string, LinkedList<Live>>();

  /** How many go on under that key. */
  count(keyId: string): number {
    return this.#byKey.get(keyId)?.items().length ?? 0;
  }

  /** `end` is called once, when the key ends; dispose when the exchange is over by itself. */
  add(keyId: string, end: () => void, request?: Request): Disposable {
    let all = this.#byKey.get(keyId);
    if (all === undefined) this.#byKey.set(keyId, (all = new LinkedList()));
    return all.add(new Live(end, request));
  }

  /** Ends all of that key but `except`: whoever rotates his own key gets the answer with the new one. */
  end(keyId: string, except?: Request): void {
    for (const live of this.#byKey.get(keyId)?.items() ?? []) {
      const isSpared = except !== undefined && live.request === except;
      // The end of one may be that of another.
      if (!isSpared && live.isLinked) live.end();
    }
  }
}
