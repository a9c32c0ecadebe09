/** Which events of a watch are kept, to the last one. */
import { expect, test } from 'bun:test';
import { WatchEvents } from '../../../src/files/watch/events.ts';

const KEPT = 10_000;

test('the newest 10,000 are read by number; whoever needs one before them is told so, and goes on with the newest', () => {
  const events = new WatchEvents('/root');
  for (let at = 1; at <= KEPT + 5; at += 1) events.add('change', `/root/${at}`);
  expect(events.last).toBe(KEPT + 5);
  expect(events.read(5, { entries: 2 })).toEqual([
    { id: 6, entry: { type: 'change', path: '/root/6' } },
    { id: 7, entry: { type: 'change', path: '/root/7' } },
  ]);
  expect(events.read(4, { entries: 2 })).toEqual([{ id: KEPT + 5, entry: { type: 'overflow', path: '/root' } }]);
  expect(events.read(KEPT + 4, { entries: 2 })).toEqual([
    { id: KEPT + 5, entry: { type: 'change', path: `/root/${KEPT + 5}` } },
  ]);
  expect(events.read(KEPT + 5, { entries: 2 })).toEqual([]);
});
