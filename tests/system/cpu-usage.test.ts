/** Percent out of counters. */
import { expect, test } from 'bun:test';
import { usageBetween } from '../../src/system/cpu-usage.ts';
import { reading } from './machine.ts';

test.each([
  ['a third', reading(0, 0), reading(1, 3), 33.3],
  ['no time has passed', reading(5, 9), reading(5, 9), 0],
  ['a counter that went back', reading(5, 9), reading(2, 12), 0],
  ['more than all', reading(0, 0), reading(5, 3), 100],
] as const)('%s', (_name, before, after, percent) => {
  expect(usageBetween(before, after)).toEqual({ usage: percent, perCore: [percent] });
});

test('a processor that came meanwhile counts from its start', () => {
  const before = { busy: 0, total: 0, cores: [] };
  expect(usageBetween(before, reading(1, 4)).perCore).toEqual([25]);
});
