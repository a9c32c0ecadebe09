/**
 * One writer at a time for each file of this server, by its real path. Held where a file is looked at and then changed, or is
 * written where it is. Other programs do not ask for it.
 */
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';

export class FileLocks {
  /** The last in the line for each path. */
  readonly #last = new Map<string, Promise<void>>();

  /**
   * Resolves once all of them are ours; dispose it to let the next one in. Who needs several asks for them at once: they are
   * taken in one order, so that two writers never wait for each other. Whoever holds one must not ask for another.
   */
  async hold(paths: readonly RawPath[]): Promise<Disposable> {
    const keys = [...new Set(paths.map(keyOf))].toSorted();
    using taken = new DisposableStack();
    for (const key of keys) taken.use(await this.#take(key));
    return taken.move();
  }

  async #take(key: string): Promise<Disposable> {
    const before = this.#last.get(key);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last.set(key, promise);
    await before;
    return {
      [Symbol.dispose]: () => {
        if (this.#last.get(key) === promise) this.#last.delete(key);
        resolve();
      },
    };
  }
}

/** Two names that differ in letter case may be one file; where they are two, one of them waits for nothing. */
const keyOf = (path: RawPath): string => path.toLowerCase();
