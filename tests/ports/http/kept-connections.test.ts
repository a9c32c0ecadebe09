/** How long a connection to a port is kept for the next request, and how many of them. */
import { expect, test } from 'bun:test';
import { KeptConnections } from '../../../src/ports/http/kept-connections.ts';
import { ManualClock } from '../../support/manual-clock.ts';

class Connection {
  ended = false;
  terminate(): void {
    this.ended = true;
  }
}

test('the one that was used last is used next, for its own port alone', () => {
  using kept = new KeptConnections<Connection>(new ManualClock());
  const [first, second, other] = [new Connection(), new Connection(), new Connection()];
  kept.keep(1, first);
  kept.keep(1, second);
  kept.keep(2, other);
  expect([kept.take(1), kept.take(1), kept.take(1)]).toEqual([second, first, undefined]);
  expect(kept.take(2)).toBe(other);
});

test('for 4 s, and no longer', async () => {
  const clock = new ManualClock();
  using kept = new KeptConnections<Connection>(clock);
  const [old, young] = [new Connection(), new Connection()];
  kept.keep(1, old);
  await clock.advance(3000);
  kept.keep(1, young);
  expect([old.ended, young.ended]).toEqual([false, false]);
  await clock.advance(1000);
  expect([old.ended, young.ended]).toEqual([true, false]);
  expect([kept.take(1), kept.take(1)]).toEqual([young, undefined]);
  kept.keep(1, young);
  await clock.advance(4000);
  expect(young.ended).toBe(true);
});

test('64 for each port: one more is ended', () => {
  using kept = new KeptConnections<Connection>(new ManualClock());
  const all = Array.from({ length: 65 }, () => new Connection());
  for (const one of all) kept.keep(1, one);
  expect(all.map(({ ended }) => ended).indexOf(true)).toBe(64);
  const another = new Connection();
  kept.keep(2, another);
  expect(another.ended).toBe(false);
});

test('one that has ended by itself is not used', () => {
  using kept = new KeptConnections<Connection>(new ManualClock());
  const [gone, open] = [new Connection(), new Connection()];
  kept.keep(1, open);
  kept.keep(1, gone);
  kept.forget(1, gone);
  expect([kept.take(1), kept.take(1)]).toEqual([open, undefined]);
});

test('at the end all are ended, also one that comes late', () => {
  const kept = new KeptConnections<Connection>(new ManualClock());
  const [early, late] = [new Connection(), new Connection()];
  kept.keep(1, early);
  kept[Symbol.dispose]();
  kept.keep(1, late);
  expect([early.ended, late.ended]).toEqual([true, true]);
});
