/** What single fields of a manifest may be; whoever writes one asks the same as whoever reads one. */
import { escapeControls } from '../core/text.ts';

/** Bytes of one executable: 1 GiB. */
export const MAX_ARTIFACT_BYTES = 1_073_741_824;

const FILE = /^[A-Za-z0-9._-]{1,100}$/;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const SHA256 = /^[0-9a-f]{64}$/;
const ISO_8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;

/** The name of a file beside the manifest, and nothing that leads elsewhere. */
export const isReleaseFile = (value: unknown): value is string =>
  typeof value === 'string' && FILE.test(value) && value !== '.' && value !== '..';

/** The name of a product, a channel or a target. */
export const isName = (value: unknown): value is string => typeof value === 'string' && NAME.test(value);

export const isSha256 = (value: unknown): value is string => typeof value === 'string' && SHA256.test(value);

/** A whole number from 1 to `max`. */
export const isCount = (value: unknown, max: number): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= max;

/** A time in UTC by ISO 8601. The thirtieth of February is none, though `Date.parse` makes it a day in March. */
export function isTime(value: unknown): value is string {
  if (typeof value !== 'string' || !ISO_8601.test(value)) return false;
  const time = Date.parse(value);
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 19) === value.slice(0, 19);
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A foreign value in a sentence: short, and without control characters. */
export function shown(value: unknown): string {
  const text = escapeControls(JSON.stringify(value) ?? 'missing');
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
