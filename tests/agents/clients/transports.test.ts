/** How long a connection lasts, with transports and without any. */
import { expect, test } from 'bun:test';
import { Transports } from '../../../src/agents/clients/transports.ts';
import { FakeClock } from '../../support/sandbox.ts';

function world() {
  const clock = new FakeClock();
  const expired: number[] = [];
  const start = clock.now();
  return { clock, expired, transports: new Transports(clock, () => expired.push(clock.now() - start)) };
}

test('a client has 60 seconds for its first message, with a transport or without', () => {
  for (const isThere of [true, false]) {
    const { clock, expired, transports } = world();
    if (isThere) transports.attach();
    clock.advance(60_000);
    expect(expired).toEqual([60_000]);
  }
});

test('then it has ten minutes to attach one, and to come back after the last one is gone', () => {
  const { clock, expired, transports } = world();
  transports.initialized();
  clock.advance(599_999);
  const [first, second] = [transports.attach(), transports.attach()];
  clock.advance(10_000_000);
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  clock.advance(10_000_000);
  expect([expired, transports.awayMs]).toEqual([[], 0]);
  second[Symbol.dispose]();
  clock.advance(599_999);
  expect([expired, transports.awayMs]).toEqual([[], 599_999]);
  clock.advance(1);
  expect(expired).toHaveLength(1);
});

test('one that is over expires no more', () => {
  const { clock, expired, transports } = world();
  transports.initialized();
  const attached = transports.attach();
  transports[Symbol.dispose]();
  attached[Symbol.dispose]();
  clock.advance(10_000_000);
  expect([expired, clock.pending]).toEqual([[], 0]);
});
