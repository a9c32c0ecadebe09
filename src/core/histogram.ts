/** How often values of different sizes occurred, as cumulative buckets: what a histogram of Prometheus is made of. */
import type { Labels, Metric, Sample } from './metric.ts';

interface Series {
  readonly labels: Labels;
  /** Values up to each bound that are above the one before; one more for those above all bounds. */
  readonly counts: number[];
  sum: number;
}

export class Histogram {
  readonly #name: string;
  readonly #help: string;
  readonly #bounds: readonly number[];
  readonly #series = new Map<string, Series>();

  /** `bounds`: upper bounds of the buckets, ascending. */
  constructor(name: string, help: string, bounds: readonly number[]) {
    this.#name = name;
    this.#help = help;
    this.#bounds = bounds;
  }

  /** `labels`: always the same names in the same order, and of few values each. */
  observe(labels: Labels, value: number): void {
    const series = this.#of(labels);
    const found = this.#bounds.findIndex((bound) => value <= bound);
    const at = found < 0 ? this.#bounds.length : found;
    series.counts[at] = (series.counts[at] ?? 0) + 1;
    series.sum += value;
  }

  read(): Metric {
    const samples = [...this.#series.values()].flatMap((series) => this.#samplesOf(series));
    return { name: this.#name, help: this.#help, type: 'histogram', samples };
  }

  #of(labels: Labels): Series {
    const key = Object.values(labels).join('\0');
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    const series = { labels, counts: Array.from({ length: this.#bounds.length + 1 }, () => 0), sum: 0 };
    this.#series.set(key, series);
    return series;
  }

  #samplesOf({ labels, counts, sum }: Series): Sample[] {
    let total = 0;
    const buckets = counts.map((count, index): Sample => {
      total += count;
      const le = index < this.#bounds.length ? String(this.#bounds[index]) : '+Inf';
      return { labels: { ...labels, le }, value: total, suffix: '_bucket' };
    });
    return [...buckets, { labels, value: sum, suffix: '_sum' }, { labels, value: total, suffix: '_count' }];
  }
}
