/** Keys as a table: what is said of times. */
import { expect, test } from 'bun:test';
import { keyTable } from '../../../src/cli/keys/table.ts';
import type { KeyResource } from '../../../src/protocol/keys.ts';

const NOW = 1_700_000_000;
const KEY: KeyResource = {
  id: '0123456789ab',
  name: 'ci',
  scopes: ['observe'],
  createdAt: NOW,
  expiresAt: null,
  expired: false,
  lastUsedAt: null,
};
const lineOf = (more: Partial<KeyResource>) => keyTable([{ ...KEY, ...more }], NOW * 1000).split('\n')[1] ?? '';

test.each([
  [7 * 86_400 - 1, '7d'],
  [36 * 3600, '2d'],
  [35 * 3600, '35h'],
  [12 * 3600 - 5, '12h'],
  [89 * 60, '89m'],
  [89, '89s'],
  [0.2, '1s'],
])('%p seconds before its end: in %s', (left, said) => {
  expect(lineOf({ expiresAt: NOW + left })).toEndWith(` in ${said}`);
});

test.each([
  [null, '-'],
  [NOW, 'just now'],
  // To the minute: it may have been a second ago.
  [NOW - 59, 'just now'],
  [NOW - 60, '1m ago'],
  [NOW - 7200, '2h ago'],
])('last used at %p: %s', (lastUsedAt, said) => {
  expect(lineOf({ lastUsedAt })).toContain(`  ${said}  `);
});
