/** The line that says how far a copy is. */
import { expect, test } from 'bun:test';
import { progressText } from '../../../src/cli/copy/progress.ts';

const MIB = 1024 * 1024;

test('share, bytes, rate and what is left, or only what has come where nobody knows the whole', () => {
  const half = { name: 'a.iso', done: 50 * MIB, total: 100 * MIB, rate: 10 * MIB };
  expect(progressText(half, 100)).toBe('a.iso   50% [==========>         ] 50.0 MiB of 100 MiB  10.0 MiB/s  0:05');
  expect(progressText({ ...half, rate: 0 }, 100)).toEndWith('0 B/s  --:--');
  expect(progressText({ ...half, rate: 1000 }, 100)).toEndWith('14:33:49');
  expect(progressText({ ...half, done: 100 * MIB }, 100)).toContain('100% [====================]');
  expect(progressText({ ...half, total: undefined }, 100)).toBe('a.iso  50.0 MiB  10.0 MiB/s');
});

test('it is narrower than the terminal, and a name cannot move the cursor', () => {
  const state = { name: `\u001b[2J${'größe'.repeat(30)}`, done: 1, total: 3 * MIB, rate: 5 };
  for (const columns of [10, 40, 80, 200]) {
    const text = progressText(state, columns);
    expect(Bun.stringWidth(text)).toBeLessThan(columns);
    expect(text).not.toContain('\u001b');
  }
});
