/** A clock that the test moves. */
import type { Clock } from '../../src/core/clock.ts';

interface Timer {
  readonly due: number;
  readonly callback: () => void;
}

export class ManualClock implements Clock {
  #now = 1_700_000_000_000;
  #timers: Timer[] = [];

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): Disposable {
    const timer = { due: this.#now + ms, callback };
    this.#timers.push(timer);
    return { [Symbol.dispose]: () => (this.#timers = this.#timers.filter((one) => one !== timer)) };
  }

  /** Milliseconds until each timer is due, the next one first. */
  get pending(): readonly number[] {
    return this.#timers.map(({ due }) => due - this.#now).toSorted((a, b) => a - b);
  }

  /** Time passes, and whatever is due happens. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    for (;;) {
      await settle();
      const [next] = this.#timers.filter(({ due }) => due <= until).toSorted((a, b) => a.due - b.due);
      if (next === undefined) break;
      this.#timers = this.#timers.filter((one) => one !== next);
      this.#now = Math.max(this.#now, next.due);
      next.callback();
    }
    this.#now = until;
    await settle();
  }

  /** The machine sleeps: the clock on the wall goes on, and timers do not. */
  sleep(ms: number): void {
    this.#now += ms;
    this.#timers = this.#timers.map((timer) => ({ ...timer, due: timer.due + ms }));
  }
}

/** Everything that waits for nothing but other code is done. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 5; round += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}
