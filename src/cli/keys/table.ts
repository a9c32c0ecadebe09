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
  const lastUsed = since(lastUsedAt);
  return [
    id,
    escapeControls(name),
    scopes.map(escapeControls).join(','),
    since(createdAt) ?? '-',
    lastUsed === undefined ? '-' : `${lastUsed} ago`,
    expiresAt === null ? 'never' : expired ? paint('red', 'expired') : `in ${age(expiresAt * 1000 - now)}`,
  ];
}
