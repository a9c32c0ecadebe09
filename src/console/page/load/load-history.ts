/** How busy the machine was over the last minutes: what a graph is drawn of, and what is said of it. */
export interface LoadPoint {
  /** Unix time in milliseconds, by the clock of this browser. */
  readonly at: number;
  /** Percent. */
  readonly cpu: number;
  readonly memory: number;
}

const MINUTE_MS = 60_000;
const KEPT_MS = 5 * MINUTE_MS;
/** Later than this after the one before, nothing was known in between: nobody looked. */
const GAP_MS = 10_000;

export const withPoint = (points: readonly LoadPoint[], point: LoadPoint): LoadPoint[] => [
  ...points.filter(({ at }) => at > point.at - KEPT_MS && at < point.at),
  point,
];

/** How far back the graph goes, in milliseconds: as far as anything is known, and at least a minute. */
const spanOf = (points: readonly LoadPoint[]): number =>
  Math.max(MINUTE_MS, (points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0));

/** `the last minute`, `the last 5 minutes`. */
export function spanText(points: readonly LoadPoint[]): string {
  const minutes = Math.ceil(spanOf(points) / MINUTE_MS);
  return minutes === 1 ? 'the last minute' : `the last ${minutes} minutes`;
}

/** The line and what is below it, in a box of so many units; its right end is the newest point. */
export interface GraphPaths {
  readonly line: string;
  readonly area: string;
}

export function graphPaths(
  points: readonly LoadPoint[],
  of: 'cpu' | 'memory',
  { width, height }: { readonly width: number; readonly height: number },
): GraphPaths {
  const end = points.at(-1)?.at ?? 0;
  const span = spanOf(points);
  const placed = points.map((point) => ({
    at: point.at,
    x: rounded(width * (1 - (end - point.at) / span)),
    y: rounded(height * (1 - Math.min(100, Math.max(0, point[of])) / 100)),
  }));
  const stretches: (typeof placed)[] = [];
  for (const [index, one] of placed.entries()) {
    const before = placed[index - 1];
    if (before === undefined || one.at - before.at > GAP_MS) stretches.push([]);
    stretches.at(-1)?.push(one);
  }
  const lineOf = (stretch: typeof placed): string => `M${stretch.map(({ x, y }) => `${x} ${y}`).join('L')}`;
  return {
    // A single point has no length: a stroke of none with round ends is a dot.
    line: stretches.map((one) => `${lineOf(one)}${one.length === 1 ? 'h0' : ''}`).join(''),
    area: stretches
      .map((one) => `${lineOf(one)}L${one.at(-1)?.x ?? 0} ${height}L${one[0]?.x ?? 0} ${height}Z`)
      .join(''),
  };
}

/** For those who do not see the graph: `CPU over the last 5 minutes: now 12%, between 3% and 80%`. */
export function graphText(name: string, points: readonly LoadPoint[], of: 'cpu' | 'memory'): string {
  const values = points.map((point) => point[of]);
  const [now = 0, least, most] = [values.at(-1), Math.min(...values), Math.max(...values)].map((one = 0) =>
    Math.round(one),
  );
  return `${name} over ${spanText(points)}: now ${now}%, between ${least}% and ${most}%`;
}

const rounded = (value: number): number => Math.round(value * 10) / 10;
