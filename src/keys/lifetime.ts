/** How long a key is valid: seconds, or a number with its unit, such as `90m`, `12h`, `7d` or `2w`. */

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const MAX_MS = 3650 * 86_400_000;

export const LIFETIME_EXPECTED = 'a number of seconds, or such as 90m, 12h, 7d or 2w; more than 0, and 3650d at most';

/** Milliseconds; undefined for what is no lifetime. */
export function lifetimeMs(given: number | string): number | undefined {
  const [, digits, unit = 's'] = /^(\d{1,9}(?:\.\d{1,3})?)([smhdw])?$/.exec(String(given)) ?? [];
  const ms = Math.round(Number(digits) * (UNIT_MS[unit] ?? Number.NaN));
  return ms > 0 && ms <= MAX_MS ? ms : undefined;
}
