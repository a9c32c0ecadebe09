/** How many requests are passed on at once, over all ports and for each: a target that never answers must not take all. */
import { fail, type Result } from '../core/failure.ts';
import { Slots, type SlotLimits } from '../core/slots.ts';

export interface TooManyRequests {
  readonly reason: 'too-many-requests';
  readonly limit: number;
}

export class PortSlots {
  readonly #slots: Slots<number>;

  constructor(limits: SlotLimits = { all: 256, each: 64 }) {
    this.#slots = new Slots(limits);
  }

  /** How many are taken. */
  get taken(): number {
    return this.#slots.taken;
  }

  /** To be disposed of once, when the exchange is over. */
  take(port: number): Result<Disposable, TooManyRequests> {
    const slot = this.#slots.take(port);
    return slot.ok ? slot : fail({ reason: 'too-many-requests', limit: slot.failure.limit });
  }
}
