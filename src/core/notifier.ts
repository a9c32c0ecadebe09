/**
 * Wakes everybody who waits for a change; each then checks for itself what has changed. Waiting that is called off leaves
 * nothing behind, unlike a reaction on a promise.
 */
export class Notifier {
  readonly #waiting = new Set<() => void>();

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  notifyAll(): void {
    const woken = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of woken) wake();
  }

  /** Calls `wake` at the next call of notifyAll, once; dispose to call it off. */
  once(wake: () => void): Disposable {
    // A function of its own, so that the same `wake` can wait twice.
    const entry = () => wake();
    this.#waiting.add(entry);
    return { [Symbol.dispose]: () => void this.#waiting.delete(entry) };
  }

  /** Resolves true at the next call of notifyAll; false when `signal` is aborted or `timeoutMs` have passed before. */
  async wait(signal: AbortSignal, timeoutMs?: number): Promise<boolean> {
    if (signal.aborted) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const giveUp = () => resolve(false);
    const timer = timeoutMs === undefined ? undefined : setTimeout(giveUp, timeoutMs);
    signal.addEventListener('abort', giveUp, { once: true });
    using _waiting = this.once(() => resolve(true));
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
    }
  }
}
