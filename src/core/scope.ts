/**
 * Whoever creates disposes: a scope owns what is started under it and ends it in reverse order.
 *
 *   open ──dispose──▶ closed      (a closed scope refuses latecomers)
 */
export class Scope implements AsyncDisposable {
  #stack: AsyncDisposableStack | undefined = new AsyncDisposableStack();
  readonly #controller = new AbortController();

  /** Aborted when the scope begins to close. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  use<T extends Disposable | AsyncDisposable>(resource: T): T {
    return this.#open().use(resource);
  }

  defer(release: () => void | Promise<void>): void {
    this.#open().defer(release);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const stack = this.#stack;
    if (stack === undefined) return;
    this.#stack = undefined;
    this.#controller.abort();
    await stack.disposeAsync();
  }

  #open(): AsyncDisposableStack {
    if (this.#stack === undefined) throw new Error('the scope is closed: nothing can be started in it any more');
    return this.#stack;
  }
}
