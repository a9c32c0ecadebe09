/**
 * How often an agent is started for clients: a client that connects anew again and again would otherwise start thousands.
 * A burst is free; after that one start every few seconds.
 */
import type { Clock } from '../../core/clock.ts';

const BURST = 32;
const EVERY_MS = 2000;

export class StartLimit {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** By agent: when the burst would be whole again. */
  readonly #wholeAt = new Map<string, number>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Counts a start; otherwise the milliseconds until there may be one. */
  take(agent: string): number {
    const now = this.#clock.monotonic();
    const wholeAt = Math.max(now, this.#wholeAt.get(agent) ?? now) + EVERY_MS;
    const tooEarly = wholeAt - now - BURST * EVERY_MS;
    if (tooEarly > 0) return tooEarly;
    this.#wholeAt.set(agent, wholeAt);
    return 0;
  }
}
