/** How many requests are passed on at once, over all ports and for each: a target that never answers must not take all. */
import { fail, ok, type Result } from '../core/failure.ts';

export interface SlotLimits {
  readonly all: number;
  readonly each: number;
}

export interface TooManyRequests {
  readonly reason: 'too-many-requests';
  readonly limit: number;
}

export class PortSlots {
  readonly #limits: SlotLimits;
  readonly #taken = new Map<number, number>();
  #all = 0;

  constructor(limits: SlotLimits = { all: 256, each: 64 }) {
    this.#limits = limits;
  }

  /** How many are taken. */
  get taken(): number {
    return this.#all;
  }

  /** To be disposed of once, when the exchange is over. */
  take(port: number): Result<Disposable, TooManyRequests> {
    const { all, each } = this.#limits;
    const taken = this.#taken.get(port) ?? 0;
    if (this.#all >= all) return fail({ reason: 'too-many-requests', limit: all });
    if (taken >= each) return fail({ reason: 'too-many-requests', limit: each });
    this.#all += 1;
    this.#taken.set(port, taken + 1);
    return ok({ [Symbol.dispose]: () => this.#give(port) });
  }

  #give(port: number): void {
    const left = (this.#taken.get(port) ?? 1) - 1;
    this.#all -= 1;
    if (left > 0) this.#taken.set(port, left);
    else this.#taken.delete(port);
  }
}
