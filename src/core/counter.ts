/** A counter with labels, kept until somebody reads it: one addition to a number in a map for each event. */
import { counter, type Labels, type Metric } from './metric.ts';

/** One series of a counter: whoever counts often keeps it. */
export class Count {
  readonly labels: Labels;
  value = 0;

  constructor(labels: Labels) {
    this.labels = labels;
  }
}

export class Counter {
  readonly #name: string;
  readonly #help: string;
  readonly #counts = new Map<string, Count>();

  constructor(name: string, help: string) {
    this.#name = name;
    this.#help = help;
  }

  /** `labels`: always the same names in the same order, and of few values each. It is shown from now on. */
  of(labels: Labels): Count {
    const key = Object.values(labels).join('\0');
    const known = this.#counts.get(key);
    if (known !== undefined) return known;
    const count = new Count(labels);
    this.#counts.set(key, count);
    return count;
  }

  add(labels: Labels, by = 1): void {
    this.of(labels).value += by;
  }

  read(): Metric {
    return counter(
      this.#name,
      this.#help,
      [...this.#counts.values()].map(({ labels, value }) => ({ labels, value })),
    );
  }
}
