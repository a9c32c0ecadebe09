/** Who waits is woken once, and who stops waiting leaves nothing behind. */
import { expect, test } from 'bun:test';
import { Notifier } from '../../src/core/notifier.ts';

const never = new AbortController().signal;

test('all who wait are woken, each once', async () => {
  const notifier = new Notifier();
  const woken: string[] = [];
  notifier.once(() => woken.push('a'));
  notifier.once(() => woken.push('b'));
  const waiting = notifier.wait(never);
  notifier.notifyAll();
  notifier.notifyAll();
  expect(await waiting).toBe(true);
  expect(woken).toEqual(['a', 'b']);
  expect(notifier.waiting).toBe(0);
});

test('who begins to wait while the others are woken waits for the next time', () => {
  const notifier = new Notifier();
  let woken = 0;
  const again = (): void => {
    woken += 1;
    notifier.once(again);
  };
  notifier.once(again);
  notifier.notifyAll();
  expect(woken).toBe(1);
  notifier.notifyAll();
  expect(woken).toBe(2);
});

test('who is aborted, whose time is up, or who calls it off is forgotten', async () => {
  const notifier = new Notifier();
  const leaving = new AbortController();
  const aborted = notifier.wait(leaving.signal);
  const late = notifier.wait(never, 1);
  const off = notifier.once(() => expect.unreachable());
  expect(notifier.waiting).toBe(3);
  leaving.abort();
  off[Symbol.dispose]();
  expect([await aborted, await late]).toEqual([false, false]);
  expect(notifier.waiting).toBe(0);
  expect(await notifier.wait(leaving.signal)).toBe(false);
  notifier.notifyAll();
});
