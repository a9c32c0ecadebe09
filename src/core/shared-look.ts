/**
 * A look at something that changes, which all who ask at the same time share.
 *
 *   nobody looks ──asked──▶ looking ──asked meanwhile: the next look──▶ … ──over, nobody waits──▶ nobody looks
 *
 * Whoever asks while a look goes on waits for the one after it: what was there before the question is seen. However many ask,
 * one look goes on at a time.
 */
export class SharedLook<T> {
  readonly #take: () => Promise<T>;
  #looking: Promise<T> | undefined;

  constructor(take: () => Promise<T>) {
    this.#take = take;
  }

  now(): Promise<T> {
    const begun = () => this.#begun();
    return this.#looking === undefined ? begun() : this.#looking.then(begun, begun);
  }

  #begun(): Promise<T> {
    this.#looking ??= this.#take().finally(() => void (this.#looking = undefined));
    return this.#looking;
  }
}
