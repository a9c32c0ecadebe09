/** Why a server stops, and what its process then says. */
import { expect, test } from 'bun:test';
import { EXIT_CODES, Lifecycle, type StopReason } from '../../src/app/lifecycle.ts';

const REASONS: readonly [StopReason, number][] = [
  ['signal', 0],
  ['request', 0],
  ['update', 42],
  ['supervisor-lost', 1],
  ['lock-lost', 1],
];

test.each(REASONS)('stopped by %s: exit code %d', async (reason, code) => {
  const life = new Lifecycle();
  expect(life.at).toBe('running');
  expect(life.stop(reason)).toBe(true);
  expect(life.at).toBe('draining');
  expect(await life.draining).toBe(reason);
  expect(life.stopped()).toBe(code);
  expect(life.at).toBe('stopped');
});

test('every reason has its exit code here', () => {
  expect<Record<string, number>>(EXIT_CODES).toEqual(Object.fromEntries(REASONS));
});

test('the first reason counts', async () => {
  const life = new Lifecycle();
  life.stop('update');
  expect(life.stop('signal')).toBe(false);
  expect(await life.draining).toBe('update');
  expect(life.stopped()).toBe(42);
  expect(life.stop('signal')).toBe(false);
});
