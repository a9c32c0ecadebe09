/** Hints that wait for their look. */
import { expect, test } from 'bun:test';
import { PendingHints } from '../../../src/files/watch/pending-hints.ts';
import { FakeClock } from '../../support/sandbox.ts';

test('those of one path are one, due 50 ms after the first; lost ones are due at once', () => {
  const clock = new FakeClock();
  const pending = new PendingHints(clock);
  expect(pending.dueIn).toBeUndefined();
  pending.add('/d', 'a');
  clock.advance(30);
  pending.add('/d', 'a');
  expect([pending.dueIn, pending.takeDue()]).toEqual([20, undefined]);
  clock.advance(20);
  expect(pending.takeDue()).toMatchObject({ folder: '/d', name: 'a' });
  expect(pending.takeDue()).toBeUndefined();
  pending.add('/d', 'b');
  pending.lose();
  expect([pending.dueIn, pending.takeDue()]).toEqual([0, undefined]);
  expect([pending.takeLoss(), pending.takeLoss(), pending.dueIn]).toEqual([true, false, undefined]);
});
