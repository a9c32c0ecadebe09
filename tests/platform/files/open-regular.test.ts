/** What is found out of a name that changes while its file is opened or replaced. */
import { expect, test } from 'bun:test';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { isStillAt, openRegular } from '../../../src/platform/files/open-regular.ts';
import { replaceFile } from '../../../src/platform/files/replace-file.ts';
import { Sandbox } from '../../support/sandbox.ts';

test('a link is not followed, wherever it leads', async () => {
  using sandbox = new Sandbox();
  writeFileSync(sandbox.file('a'), 'a');
  symlinkSync('a', sandbox.file('link'));
  expect(await openRegular(sandbox.file('link'))).toEqual({ ok: false, failure: { reason: 'is-no-file' } });
  const replaced = await replaceFile(sandbox.file('link'), Buffer.from('x'), () => true);
  expect(replaced).toEqual({ ok: false, failure: { reason: 'is-no-file' } });
});

test('an opened file is told from what has its name later', async () => {
  using sandbox = new Sandbox();
  const path = sandbox.file('a');
  writeFileSync(path, 'a');
  const opened = await openRegular(path);
  if (!opened.ok) throw new Error(opened.failure.reason);
  await using file = opened.value;
  expect(await isStillAt(path, file)).toBe(true);
  renameSync(path, sandbox.file('moved'));
  expect(await isStillAt(path, file)).toBe(false);
  writeFileSync(path, 'a');
  expect(await isStillAt(path, file)).toBe(false);
  rmSync(path);
  symlinkSync('moved', path);
  expect(await isStillAt(path, file)).toBe(false);
});

test('a folder that is swapped for a link is not written into', async () => {
  using sandbox = new Sandbox();
  for (const folder of ['work', 'secret']) mkdirSync(sandbox.file(folder));
  writeFileSync(sandbox.file('secret/a'), 'secret');
  const swap = (): boolean => {
    renameSync(sandbox.file('work'), sandbox.file('was'));
    symlinkSync('secret', sandbox.file('work'));
    return true;
  };
  const replaced = await replaceFile(sandbox.file('work/a'), Buffer.from('x'), swap);
  expect(replaced).toEqual({ ok: false, failure: { reason: 'moved' } });
  expect(readFileSync(sandbox.file('secret/a'), 'utf8')).toBe('secret');
  expect(readdirSync(sandbox.file('secret'))).toEqual(['a']);
});

test('what is no longer right is not replaced, and leaves nothing behind', async () => {
  using sandbox = new Sandbox();
  writeFileSync(sandbox.file('a'), 'old');
  const replaced = await replaceFile(sandbox.file('a'), Buffer.from('new'), () => false);
  expect(replaced).toEqual({ ok: false, failure: { reason: 'moved' } });
  expect(readFileSync(sandbox.file('a'), 'utf8')).toBe('old');
  expect(readdirSync(sandbox.path)).toEqual(['a']);
});
