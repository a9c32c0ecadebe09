/** Keys as a table for people. */
import { escapeControls } from '../../core/text.ts';
import type { KeyResource } from '../../protocol/keys.ts';
import { paint } from '../output.ts';
import { age, table } from '../table.ts';

const HEAD = ['ID', 'NAME', 'SCOPES', 'AGE', 'LAST USED', 'EXPIRES'];

export const keyTable = (keys: readonly KeyResource[], now: number): string =>
  table(
    HEAD,
    keys.map((key) => row(key, now)),
  );

function row({ id, name, scopes, createdAt, lastUsedAt, expiresAt, expired }: KeyResource, now: number): string[] {
  const since = (seconds: number | null) => (seconds === null ? undefined : age(now - seconds * 1000));
  return [
    id,
    escapeControls(name),
    scopes.map(escapeControls).join(','),
    since(createdAt) ?? '-',
    lastUsedAt === null ? '-' : usedAgo(now - lastUsedAt * 1000),
    expiresAt === null ? 'never' : expired ? paint('red', 'expired') : `in ${timeLeft(expiresAt * 1000 - now)}`,
  ];
}

/** What is known to the minute is not said to the second. */
const usedAgo = (ms: number): string => (ms < 60_000 ? 'just now' : `${age(ms)} ago`);

/** Rounded, so that what was made for 7 days has 7 days left; in the smaller unit while that says clearly more. */
function timeLeft(ms: number): string {
  for (const [unit, unitMs, below] of UNITS) {
    const count = Math.round(ms / unitMs);
    if (count < below) return `${Math.max(1, count)}${unit}`;
  }
  return `${Math.round(ms / DAY_MS)}d`;
}

const DAY_MS = 86_400_000;
/** Each up to so many of them. */
const UNITS = [
  ['s', 1000, 90],
  ['m', 60_000, 90],
  ['h', 3_600_000, 36],
] as const;
