/** A file that a scanner has open for a moment, on Windows. */
import { expect, test } from 'bun:test';
import { messageOf } from '../../src/core/failure.ts';
import { renameWhenFree } from '../../src/platform/executable/windows.ts';
import { durableFiles, type DurableFiles } from '../../src/platform/files/durable-files.ts';

/** Refuses so many times, then does as it is told. */
function refusing(times: number, code: string): { files: DurableFiles; done: string[] } {
  const done: string[] = [];
  let left = times;
  const rename = (from: string, to: string): void => {
    if (left-- > 0) throw Object.assign(new Error(code), { code });
    done.push(`${from} → ${to}`);
  };
  return { files: { ...durableFiles, rename }, done };
}

test.each(['EPERM', 'EACCES', 'EBUSY'])('a rename that is refused with %s is tried again', async (code) => {
  const { files, done } = refusing(3, code);
  const pauses: number[] = [];
  await renameWhenFree(files, 'a', 'b', async (ms) => void pauses.push(ms));
  expect(done).toEqual(['a → b']);
  expect(pauses).toEqual([250, 250, 250]);
});

test('one that is always refused is given up after five seconds, and any other error at once', async () => {
  for (const [code, tries] of [
    ['EBUSY', 19],
    ['ENOENT', 0],
  ] as const) {
    const pauses: number[] = [];
    const given = renameWhenFree(refusing(1000, code).files, 'a', 'b', async (ms) => void pauses.push(ms));
    expect(await given.then(() => 'done', messageOf)).toBe(code);
    expect(pauses.length).toBe(tries);
  }
});
