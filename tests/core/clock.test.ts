import { afterEach, expect, spyOn, test } from 'bun:test';
import fc from 'fast-check';
import { systemClock, toSeconds } from '../../src/core/clock.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** What `setTimeout` holds at most; above it, it fires at once. */
const MAX_MS = 2_147_483_647;

/** Stands in for the platform's timers: `setTimeout` as it is, with a time that we move. */
function fakeTimers() {
  let now = 0;
  let timers: { due: number; callback: () => void; id: number }[] = [];
  let ids = 0;
  const overflowed: number[] = [];
  const spies = [
    spyOn(performance, 'now').mockImplementation(() => now),
    spyOn(globalThis, 'setTimeout').mockImplementation(((callback: () => void, ms: number) => {
      if (ms > MAX_MS) overflowed.push(ms);
      timers.push({ due: now + ms, callback, id: ++ids });
      return ids;
    }) as unknown as typeof setTimeout),
    spyOn(globalThis, 'clearTimeout').mockImplementation(((id: number) => {
      timers = timers.filter((timer) => timer.id !== id);
    }) as unknown as typeof clearTimeout),
  ];
  return {
    overflowed,
    armed: () => timers.length,
    advance(to: number) {
      for (;;) {
        const next = timers.filter((timer) => timer.due <= to).toSorted((a, b) => a.due - b.due)[0];
        if (next === undefined) break;
        timers = timers.filter((timer) => timer !== next);
        now = next.due;
        next.callback();
      }
      now = to;
    },
    restore: () => spies.forEach((spy) => spy.mockRestore()),
  };
}

let timers: ReturnType<typeof fakeTimers> | undefined;
afterEach(() => {
  timers?.restore();
  timers = undefined;
});

test('a timer calls back once, when its time has come and not before, however far away that is', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 400 * DAY_MS }), (ms) => {
      timers = fakeTimers();
      try {
        let calls = 0;
        systemClock.after(ms, () => (calls += 1));
        if (ms > 0) timers.advance(ms - 1);
        expect(calls).toBe(ms > 0 ? 0 : calls);
        timers.advance(ms);
        expect(calls).toBe(1);
        timers.advance(ms + 100 * DAY_MS);
        expect(calls).toBe(1);
        expect(timers.overflowed).toEqual([]);
      } finally {
        timers.restore();
      }
    }),
    { numRuns: 100 },
  );
});

test('a timer that is called off stays silent, also after it has re-armed itself', () => {
  timers = fakeTimers();
  let calls = 0;
  const timer = systemClock.after(90 * DAY_MS, () => (calls += 1));
  timers.advance(60 * DAY_MS);
  expect(timers.armed()).toBe(1);
  timer[Symbol.dispose]();
  timers.advance(200 * DAY_MS);
  expect(calls).toBe(0);
  expect(timers.armed()).toBe(0);
});

test('a real timer fires', async () => {
  const before = performance.now();
  await new Promise<void>((resolve) => void systemClock.after(15, resolve));
  expect(performance.now() - before).toBeGreaterThanOrEqual(14);
});

test('wire seconds are milliseconds with a point', () => {
  expect(toSeconds(1_763_650_000_123)).toBe(1_763_650_000.123);
  expect(toSeconds(1_763_650_000_123.4)).toBe(1_763_650_000.123);
});
