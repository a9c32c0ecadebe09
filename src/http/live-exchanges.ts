/**
 * What goes on under each key right now: requests that wait for their answer, event streams, sockets. When a key is
 * deleted, rotated or over, all of it ends at once (CVE-2026-34503: a revoked key that lived on in its connections).
 */

interface Live {
  readonly end: () => void;
  /** The request it belongs to, where it is one. */
  readonly request: Request | undefined;
}

export class LiveExchanges {
  readonly #byKey = new Map<string, Set<Live>>();

  /** How many go on under that key. */
  count(keyId: string): number {
    return this.#byKey.get(keyId)?.size ?? 0;
  }

  /** `end` is called once, when the key ends; dispose when the exchange is over by itself. */
  add(keyId: string, end: () => void, request?: Request): Disposable {
    const live: Live = { end, request };
    const known = this.#byKey.get(keyId);
    const all = known ?? new Set();
    if (known === undefined) this.#byKey.set(keyId, all);
    all.add(live);
    return {
      [Symbol.dispose]: () => {
        all.delete(live);
        if (all.size === 0 && this.#byKey.get(keyId) === all) this.#byKey.delete(keyId);
      },
    };
  }

  /** Ends all of that key but `except`: whoever rotates his own key gets the answer with the new one. */
  end(keyId: string, except?: Request): void {
    for (const live of this.#byKey.get(keyId) ?? []) {
      if (except !== undefined && live.request === except) continue;
      live.end();
    }
  }
}
