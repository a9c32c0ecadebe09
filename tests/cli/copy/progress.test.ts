/** The line that says how far a copy is. */
import { expect, test } from 'bun:test';
import { plainText, progressText } from '../../../src/cli/copy/progress.ts';

const MIB = 1024 * 1024;

test('share, bytes, rate and what is left, or only what has come where nobody knows the whole', () => {
  const half = { name: 'a.iso', done: 50 * MIB, total: 100 * MIB, files: undefined, rate: 10 * MIB };
  expect(progressText(half, 100)).toBe('a.iso   50% [==========>         ] 50.0 MiB of 100 MiB  10.0 MiB/s  0:05');
  expect(progressText({ ...half, rate: 0 }, 100)).toEndWith('0 B/s  --:--');
  expect(progressText({ ...half, rate: 1000 }, 100)).toEndWith('14:33:49');
  expect(progressText({ ...half, done: 100 * MIB }, 100)).toContain('100% [====================]');
  expect(progressText({ ...half, total: undefined }, 100)).toBe('a.iso  50.0 MiB  10.0 MiB/s');
});

test('of a folder also the files, and where it is narrow what counts least is left out', () => {
  const state = {
    name: 'a-folder',
    done: 512 * MIB,
    total: 1024 * MIB,
    files: { done: 4500, total: 10_000 },
    rate: 64 * MIB,
  };
  const wide = 'a-folder   50% [==========>         ] 512 MiB of 1.0 GiB  4500 of 10000 files  64.0 MiB/s  0:08';
  expect(progressText(state, 100)).toBe(wide);
  expect(progressText(state, 80)).toBe('a-folder   50% 512 MiB of 1.0 GiB  4500 of 10000 files  64.0 MiB/s  0:08');
  expect(progressText(state, 60)).toBe('a-folder   50% 512 MiB of 1.0 GiB  64.0 MiB/s  0:08');
  expect(progressText(state, 40)).toBe('a-folder   50%  64.0 MiB/s  0:08');
  expect(progressText(state, 20)).toBe('50%  0:08');
  const empty = { ...state, done: 0, total: 0, rate: 0 };
  expect(progressText(empty, 100)).toContain(' 45% [=========>');
});

test('where there is no terminal it is a sentence', () => {
  const state = { name: 'a\nb', done: MIB, total: 4 * MIB, files: { done: 1, total: 2 }, rate: MIB };
  expect(plainText(state)).toBe('a\\nb: 1.0 MiB of 4.0 MiB, 25%, 1 of 2 files, 1.0 MiB/s, 0:03 left');
  expect(plainText({ ...state, total: undefined, files: undefined })).toBe('a\\nb: 1.0 MiB, 1.0 MiB/s');
});

test('it is narrower than the terminal, and a name cannot move the cursor', () => {
  const state = {
    name: `\u001b[2J${'größe'.repeat(30)}`,
    done: 1,
    total: 3 * MIB,
    files: { done: 1, total: 2 },
    rate: 5,
  };
  for (const columns of [10, 40, 80, 200]) {
    const text = progressText(state, columns);
    expect(Bun.stringWidth(text)).toBeLessThan(columns);
    expect(text).not.toContain('\u001b');
  }
});
