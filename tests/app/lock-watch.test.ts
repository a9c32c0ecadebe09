/** A data folder that is taken away from under a server. */
import { expect, test } from 'bun:test';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { watchLock } from '../../src/app/lock-watch.ts';
import { lockDataFolder } from '../../src/platform/files/data-lock.ts';
import { FakeClock, Sandbox } from '../support/sandbox.ts';

const posix = test.skipIf(process.platform === 'win32');

function held(path: string) {
  const lock = lockDataFolder(path);
  if (!lock.ok) throw new Error(lock.failure.reason);
  return lock.value;
}

posix('a lock file that was removed, or replaced by another server’s, is a lock that is lost', () => {
  using box = new Sandbox();
  using lock = held(box.path);
  expect(lock.isHeld()).toBe(true);
  rmSync(join(box.path, 'server.lock'));
  expect(lock.isHeld()).toBe(false);
  using _other = held(box.path);
  expect(lock.isHeld()).toBe(false);
});

posix('so is one whose folder is a file, or a link to itself, by now', () => {
  using box = new Sandbox();
  const folder = box.file('data');
  mkdirSync(folder);
  using lock = held(folder);
  rmSync(folder, { recursive: true });
  writeFileSync(folder, '');
  expect(lock.isHeld()).toBe(false);
  rmSync(folder);
  symlinkSync(folder, folder);
  expect(lock.isHeld()).toBe(false);
});

test('the loss is told once, within five seconds, and never after the watch has ended', () => {
  const clock = new FakeClock();
  let isHeld = true;
  let told = 0;
  const watch = watchLock({ isHeld: () => isHeld }, clock, () => (told += 1));
  clock.advance(60_000);
  expect(told).toBe(0);
  isHeld = false;
  clock.advance(5000);
  expect(told).toBe(1);
  clock.advance(60_000);
  expect(told).toBe(1);
  watch[Symbol.dispose]();
  using _second = watchLock({ isHeld: () => isHeld }, clock, () => (told += 1));
  _second[Symbol.dispose]();
  clock.advance(60_000);
  expect(told).toBe(1);
  expect(clock.pending).toBe(0);
});
