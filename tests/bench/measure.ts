/** What one measure found. Ratios come from one run, A and B in turns: an absolute time promises nothing on another machine. */
export interface Measured {
  readonly name: string;
  /** The figure, with its unit. */
  readonly figure: string;
  /** Empty where there is none. */
  readonly goal: string;
  /** Undefined where there is no goal. */
  readonly met?: boolean;
  /** How it came about. */
  readonly detail: string;
}

export type Measure = () => Promise<Measured[]>;

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

/** Runs A and B in turns, so that whatever the machine does meanwhile happens to both. */
export async function inTurns(
  pairs: number,
  a: () => Promise<number>,
  b: () => Promise<number>,
): Promise<{ a: number[]; b: number[] }> {
  const found = { a: [] as number[], b: [] as number[] };
  for (let pair = 0; pair < pairs; pair += 1) {
    // Who goes first changes too.
    if (pair % 2 === 0) found.a.push(await a());
    found.b.push(await b());
    if (pair % 2 === 1) found.a.push(await a());
  }
  return found;
}

/** The median of the ratios b/a, pair by pair. */
export const medianRatio = ({ a, b }: { a: readonly number[]; b: readonly number[] }): number =>
  median(b.map((value, index) => value / (a[index] ?? Number.NaN)));

/** `count` times `work`, by `workers` at once. */
export async function inParallel(workers: number, count: number, work: () => Promise<unknown>): Promise<void> {
  let left = count;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      await work();
    }
  };
  await Promise.all(Array.from({ length: workers }, worker));
}

export const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} ms`;
export const mib = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
