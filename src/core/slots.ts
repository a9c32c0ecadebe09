/** How many of something go on at once, over all and for each holder: one that never ends must not take all. */
import { fail, ok, type Result } from './failure.ts';

export interface SlotLimits {
  readonly all: number;
  readonly each: number;
}

export interface SlotsTaken {
  readonly reason: 'slots-taken';
  /** Whose limit it is. */
  readonly of: keyof SlotLimits;
  readonly limit: number;
}

export class Slots<Holder> {
  readonly #limits: SlotLimits;
  readonly #taken = new Map<Holder, number>();
  #all = 0;

  constructor(limits: SlotLimits) {
    this.#limits = limits;
  }

  /** How many are taken. */
  get taken(): number {
    return this.#all;
  }

  /** To be disposed of once, when it is over. */
  take(holder: Holder): Result<Disposable, SlotsTaken> {
    const { all, each } = this.#limits;
    const taken = this.#taken.get(holder) ?? 0;
    if (this.#all >= all) return fail({ reason: 'slots-taken', of: 'all', limit: all });
    if (taken >= each) return fail({ reason: 'slots-taken', of: 'each', limit: each });
    this.#all += 1;
    this.#taken.set(holder, taken + 1);
    return ok(new Slot(this, holder));
  }

  give(holder: Holder): void {
    const left = (this.#taken.get(holder) ?? 1) - 1;
    this.#all -= 1;
    if (left > 0) this.#taken.set(holder, left);
    else this.#taken.delete(holder);
  }
}

class Slot<Holder> implements Disposable {
  readonly #slots: Slots<Holder>;
  readonly #holder: Holder;

  constructor(slots: Slots<Holder>, holder: Holder) {
    this.#slots = slots;
    this.#holder = holder;
  }

  [Symbol.dispose](): void {
    this.#slots.give(this.#holder);
  }
}
