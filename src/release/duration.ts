/** How long a release holds: `12h`, `30d`, `52w`. */
import { ReleaseError } from './release-error.ts';

const MS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const TEN_YEARS = 3660 * MS.d;

/** Milliseconds, from one minute to ten years. */
export function parseDuration(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,9})([mhdw])$/.exec(text) ?? [];
  const ms = Number(count) * (MS[unit as keyof typeof MS] ?? 0);
  if (ms > 0 && ms <= TEN_YEARS) return ms;
  throw new ReleaseError(
    `--expires must be a time such as 12h, 30d or 52w, at most ten years, not ${JSON.stringify(text)}`,
  );
}
