/** When a program is paused, and when it goes on. */
import { expect, test } from 'bun:test';
import { Pace } from '../../src/terminals/pace.ts';
import { FakePty } from './fake-pty.ts';

test('a program is paused above 256 KiB of lag and goes on below 64 KiB', () => {
  const pty = new FakePty();
  const pace = new Pace(pty);
  const after = (lag: number) => {
    pace.follow(lag);
    expect(pace.paused).toBe(pty.paused);
    return pty.paused;
  };
  const kib = 1024;
  expect([0, 256 * kib, 256 * kib + 1, 300 * kib, 64 * kib, 64 * kib - 1, 256 * kib].map(after)).toEqual([
    false,
    false,
    true,
    true,
    true,
    false,
    false,
  ]);
});

test('one that cannot be paused is not taken for paused', () => {
  const pace = new Pace(new FakePty(false));
  pace.follow(1e9);
  expect(pace.paused).toBe(false);
});

test('one that is to end goes on at once', () => {
  const pty = new FakePty();
  const pace = new Pace(pty);
  pace.follow(1e9);
  pace.release();
  expect([pace.paused, pty.paused]).toEqual([false, false]);
});
