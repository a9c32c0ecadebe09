/**
 * The first and the second interrupt by the user: Ctrl-C, or a signal with the same meaning, as when a CI runner cancels a
 * step (SIGTERM), a terminal window is closed (SIGHUP), or somebody ends a program that does not answer (SIGQUIT).
 */
const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 } as const;

export class Interrupts implements Disposable {
  readonly #first = Promise.withResolvers<number>();
  readonly #second = Promise.withResolvers<number>();
  readonly #signals = new DisposableStack();

  constructor() {
    let next = this.#first;
    for (const [name, number] of Object.entries(NUMBERS)) {
      const listener = () => {
        next.resolve(128 + number);
        next = this.#second;
      };
      process.on(name, listener);
      this.#signals.defer(() => process.off(name, listener));
    }
  }

  /** Resolves to the exit code for the signal. */
  get first(): Promise<number> {
    return this.#first.promise;
  }

  /** Resolves to the exit code for the signal. */
  get second(): Promise<number> {
    return this.#second.promise;
  }

  [Symbol.dispose](): void {
    this.#signals.dispose();
  }
}
