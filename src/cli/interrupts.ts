/**
 * Ctrl-C, once and twice, and what means the same: a CI runner that ends its step (SIGTERM), a
 * terminal that is closed (SIGHUP).
 */
const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
type Interrupt = keyof typeof NUMBERS;

export class Interrupts implements Disposable {
  readonly #first = Promise.withResolvers<number>();
  readonly #second = Promise.withResolvers<number>();
  #exitCode: number | undefined;
  readonly #listeners: readonly (readonly [Interrupt, () => void])[];

  constructor() {
    this.#listeners = (Object.keys(NUMBERS) as Interrupt[]).map(
      (name) => [name, () => this.#heard(128 + NUMBERS[name])] as const,
    );
    for (const [name, listener] of this.#listeners) process.on(name, listener);
  }

  /** The exit code of the first one, once there was one. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  /** Resolves to an exit code. */
  get first(): Promise<number> {
    return this.#first.promise;
  }

  /** Resolves to an exit code. */
  get second(): Promise<number> {
    return this.#second.promise;
  }

  [Symbol.dispose](): void {
    for (const [name, listener] of this.#listeners) process.off(name, listener);
  }

  #heard(exitCode: number): void {
    if (this.#exitCode !== undefined) return this.#second.resolve(exitCode);
    this.#exitCode = exitCode;
    this.#first.resolve(exitCode);
  }
}
