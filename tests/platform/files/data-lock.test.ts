/** The note about who holds a data folder is for people: what is not one is as good as none. */
import { expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { lockDataFolder, readHolder } from '../../../src/platform/files/data-lock.ts';
import { Sandbox } from '../../support/sandbox.ts';

const HOLDER = { pid: 7, url: 'http://127.0.0.1:1', startedAt: 'now' };

test('the note of the holder is read back, by whoever finds the folder locked', () => {
  using box = new Sandbox();
  const lock = lockDataFolder(box.path);
  if (!lock.ok) throw new Error(lock.failure.reason);
  using held = lock.value;
  held.describe(HOLDER);
  expect(readHolder(box.path)).toEqual(HOLDER);
});

test('what is no such note is none', () => {
  using box = new Sandbox();
  expect(readHolder(box.path)).toBeUndefined();
  for (const note of [
    '',
    'null',
    '{}',
    '7',
    ...Object.keys(HOLDER).map((name) => JSON.stringify({ ...HOLDER, [name]: [] })),
  ]) {
    writeFileSync(box.file('server.json'), note);
    expect(readHolder(box.path)).toBeUndefined();
  }
});
