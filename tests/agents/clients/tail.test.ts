/** What is kept for a client that comes back: by size, by number, by age. */
import { beforeEach, expect, test } from 'bun:test';
import { Tail } from '../../../src/agents/clients/tail.ts';
import { FakeClock } from '../../support/sandbox.ts';

let clock: FakeClock;
let tail: Tail;
beforeEach(() => {
  clock = new FakeClock();
  tail = new Tail(clock);
});

test('numbers go on from 1, and each gives its text again', () => {
  expect([tail.first, tail.last]).toEqual([1, 0]);
  expect(['a', 'b', 'c'].map((text) => tail.add({ text }))).toEqual([1, 2, 3]);
  expect([1, 2, 3, 4].map((number) => tail.text(number))).toEqual(['a', 'b', 'c', undefined]);
});

test('the oldest go when there are 64 MiB, or 100,000, or when they are ten minutes old', () => {
  const mib = 'x'.repeat(1024 * 1024);
  for (let count = 0; count < 70; count += 1) tail.add({ text: mib });
  expect([tail.first, tail.last]).toEqual([7, 70]);
  for (let count = 0; count < 130_000; count += 1) tail.add({ text: String(count) });
  expect([tail.first, tail.last]).toEqual([30_071, 130_070]);
  expect([tail.text(30_070), tail.text(30_071)]).toEqual([undefined, '30000']);
  clock.advance(600_001);
  tail.add({ text: 'new' });
  expect([tail.first, tail.last, tail.text(130_071)]).toEqual([130_071, 130_071, 'new']);
});

test('a message that can be had again is asked for, each time', () => {
  let asked = 0;
  tail.add({ text: 'first', again: () => `again ${(asked += 1)}` });
  expect([tail.text(1), tail.text(1)]).toEqual(['again 1', 'again 2']);
});
