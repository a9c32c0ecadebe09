/** A counter with labels, kept until somebody reads it: one addition to a number in a map for each event. */
import { counter, type Labels, type Metric } from './metric.ts';

interface Count {
  readonly labels: Labels;
  value: number;
}

export class Counter {
  readonly #name: string;
  readonly #help: string;
  readonly #counts = new Map<string, Count>();

  constructor(name: string, help: string) {
    this.#name = name;
    this.#help = help;
  }

  /** `labels`: always the same names in the same order, and of few values each. */
  add(labels: Labels, by = 1): void {
    const key = Object.values(labels).join('\0');
    const count = this.#counts.get(key);
    if (count === undefined) this.#counts.set(key, { labels, value: by });
    else count.value += by;
  }

  read(): Metric {
    return counter(
      this.#name,
      this.#help,
      [...this.#counts.values()].map(({ labels, value }) => ({ labels, value })),
    );
  }
}
