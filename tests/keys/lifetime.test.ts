/** How long a key is valid, as people and programs write it. */
import { expect, test } from 'bun:test';
import { lifetimeMs } from '../../src/keys/lifetime.ts';

test.each([
  ['90s', 90_000],
  ['90m', 5_400_000],
  ['12h', 43_200_000],
  ['7d', 604_800_000],
  ['2w', 1_209_600_000],
  ['3650d', 315_360_000_000],
  ['60', 60_000],
  [60, 60_000],
  [0.5, 500],
] as const)('%p is %p ms', (given, ms) => {
  expect(lifetimeMs(given)).toBe(ms);
});

test.each(['', '0', '0d', -1, 'd', '7 d', '7D', '7y', '3651d', 'NaN', Number.NaN, Infinity, 1e21, '0x10', '1e3'])(
  '%p is none',
  (given) => {
    expect(lifetimeMs(given)).toBeUndefined();
  },
);
