/** What an agent gets of this machine's files, and what it does not. */
import { describe, expect, test } from 'bun:test';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { MAX_READ_BYTES, readTextFile, writeTextFile, type FilesScope } from '../../../src/agents/host/files.ts';
import { POLICY_NAMES } from '../../../src/agents/policy/policy-name.ts';
import { Sandbox } from '../../support/sandbox.ts';
import { SmallDisk, smallDiskMissing } from '../../support/small-disk.ts';

/** `work` is the session's folder, `secret` is beside it. */
class World extends Sandbox {
  readonly real = realpathSync(this.path);
  readonly cwd = join(this.real, 'work');

  constructor() {
    super();
    for (const folder of ['work/sub', 'secret']) mkdirSync(this.file(folder), { recursive: true });
    writeFileSync(this.file('secret/key'), 'secret');
  }

  at(...names: string[]): string {
    return join(this.cwd, ...names);
  }

  async read(path: unknown, more: Readonly<Record<string, unknown>> = {}, policy: FilesScope['policy'] = 'workdir') {
    const read = await readTextFile({ sessionId: 's', path, ...more }, { cwd: this.cwd, policy });
    return read.ok ? read.value : read.failure;
  }

  async write(path: unknown, content: unknown, policy: FilesScope['policy'] = 'workdir') {
    const written = await writeTextFile({ sessionId: 's', path, content }, { cwd: this.cwd, policy });
    return written.ok ? written.value : written.failure;
  }
}

describe('reading', () => {
  test('gives the text as it is in the file', async () => {
    using world = new World();
    const text = '\u{feff}one\r\ntwo\n\nfünf\u{1f600}\0';
    writeFileSync(world.at('a.txt'), text);
    const size = Buffer.byteLength(text);
    expect(await world.read(world.at('a.txt'))).toEqual({ path: world.at('a.txt'), size, content: text });
    expect(await world.read('sub/../a.txt')).toMatchObject({ content: text });
    symlinkSync('a.txt', world.at('link'));
    expect(await world.read(world.at('link'))).toMatchObject({ path: world.at('a.txt'), content: text });
  });

  test.each([
    ['one\ntwo\nthree\nfour\n', { line: 3 }, 'three\nfour\n'],
    ['one\ntwo\nthree\nfour\n', { limit: 2 }, 'one\ntwo\n'],
    ['one\ntwo\nthree\nfour\n', { line: 2, limit: 2 }, 'two\nthree\n'],
    ['one\ntwo\nthree\nfour\n', { line: 4, limit: 9 }, 'four\n'],
    ['one\ntwo\nthree\nfour\n', { line: 5 }, ''],
    ['one\r\ntwo\r\n', { line: 2, limit: 1 }, 'two\r\n'],
    ['one\ntwo', { line: 2, limit: 1 }, 'two'],
    ['one\ntwo', { line: 0 }, 'one\ntwo'],
    ['one\ntwo', { line: null, limit: null }, 'one\ntwo'],
    ['one\ntwo', { limit: 0 }, ''],
    ['', {}, ''],
    ['', { line: 1, limit: 1 }, ''],
  ])('%j with %j is %j', async (text, more, content) => {
    using world = new World();
    writeFileSync(world.at('a.txt'), text);
    expect(await world.read('a.txt', more)).toMatchObject({ content, size: content.length });
  });

  test('finds lines that are far behind, and larger than what is read at once', async () => {
    using world = new World();
    const lines = Array.from({ length: 50_000 }, (_, at) => `line ${at + 1} ${'ü'.repeat(at % 7)}`);
    const long = 'x'.repeat(200_000);
    writeFileSync(world.at('a.txt'), [...lines, long, 'end'].join('\n'));
    expect(await world.read('a.txt', { line: 40_000, limit: 3 })).toMatchObject({
      content: `${lines.slice(39_999, 40_002).join('\n')}\n`,
    });
    expect(await world.read('a.txt', { line: 50_001, limit: 1 })).toMatchObject({ content: `${long}\n` });
    expect(await world.read('a.txt', { line: 50_002 })).toMatchObject({ content: 'end' });
  });

  test('a large file is read in parts', async () => {
    using world = new World();
    writeFileSync(world.at('large'), 'first\n');
    truncateSync(world.at('large'), MAX_READ_BYTES + 1);
    expect(await world.read('large')).toMatchObject({
      reason: 'file-unsuitable',
      detail: '"large" has more than 16 MiB: read it in parts, by line and limit',
    });
    expect(await world.read('large', { limit: 1 })).toMatchObject({ content: 'first\n' });
    truncateSync(world.at('large'), MAX_READ_BYTES);
    expect(await world.read('large')).toMatchObject({ size: MAX_READ_BYTES });
  });

  test('a line beyond the end, and what is no UTF-8, are refused in words', async () => {
    using world = new World();
    writeFileSync(world.at('a.txt'), 'one\ntwo\n');
    expect(await world.read('a.txt', { line: 4 })).toEqual({
      reason: 'params-invalid',
      detail: 'line 4 is beyond the end of "a.txt", line 3',
    });
    writeFileSync(world.at('latin'), Uint8Array.of(0x66, 0xfc, 0x72));
    expect(await world.read('latin')).toEqual({ reason: 'file-unsuitable', detail: '"latin" is not UTF-8 text' });
    writeFileSync(world.at('mixed'), Uint8Array.of(0xfc, 10, 0x61, 10));
    expect(await world.read('mixed', { line: 2 })).toMatchObject({ content: 'a\n' });
  });

  test('what is not there is said to be not there', async () => {
    using world = new World();
    const detail = '"none.txt" does not exist';
    expect(await world.read('none.txt')).toEqual({ reason: 'file-unknown', detail });
    symlinkSync('none.txt', world.at('dangling'));
    expect(await world.read('dangling')).toMatchObject({ reason: 'file-unknown' });
  });

  test('only regular files are read, and nothing waits for the others', async () => {
    using world = new World();
    expect(Bun.spawnSync(['mkfifo', world.at('pipe')]).exitCode).toBe(0);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(world.at('socket'), resolve));
    const irregular = { reason: 'file-unsuitable', detail: expect.stringContaining('is no regular file') };
    expect(await world.read('pipe')).toMatchObject(irregular);
    expect(await world.read('socket')).toMatchObject(irregular);
    expect(await world.read('/dev/zero', {}, 'allow-all')).toMatchObject(irregular);
    expect(await world.read('sub')).toEqual({ reason: 'file-unsuitable', detail: '"sub" is a folder' });
    server.close();
  });
});

describe('writing', () => {
  test('makes a file and its folders, and replaces one', async () => {
    using world = new World();
    const path = world.at('new/folder/a.txt');
    expect(await world.write(path, 'fünf\r\n')).toEqual({ path, size: 7 });
    expect(readFileSync(path, 'utf8')).toBe('fünf\r\n');
    expect(await world.write('new/folder/a.txt', '')).toEqual({ path, size: 0 });
    expect(readFileSync(path, 'utf8')).toBe('');
    expect(readdirSync(world.at('new/folder'))).toEqual(['a.txt']);
    writeFileSync(world.at('usual'), '');
    expect(statSync(path).mode).toBe(statSync(world.at('usual')).mode);
  });

  test('leaves what belongs to the file: its mode, and links to it', async () => {
    using world = new World();
    writeFileSync(world.at('run.sh'), 'old');
    symlinkSync('run.sh', world.at('link'));
    chmodSync(world.at('run.sh'), 0o4751);
    expect(await world.write('link', 'new')).toEqual({ path: world.at('run.sh'), size: 3 });
    expect(readFileSync(world.at('link'), 'utf8')).toBe('new');
    // Not the bit that gives whoever starts it the owner's rights.
    expect(statSync(world.at('run.sh')).mode & 0o7777).toBe(0o751);
  });

  test('makes what a dangling link leads to, inside', async () => {
    using world = new World();
    symlinkSync('sub/new/a.txt', world.at('dangling'));
    expect(await world.write('dangling', 'x')).toMatchObject({ path: world.at('sub/new/a.txt') });
    expect(readFileSync(world.at('dangling'), 'utf8')).toBe('x');
  });

  test('does not write through a hard link into a file that has a name outside', async () => {
    using world = new World();
    linkSync(join(world.real, 'secret/key'), world.at('linked'));
    expect(await world.write('linked', 'mine')).toMatchObject({ size: 4 });
    expect(readFileSync(join(world.real, 'secret/key'), 'utf8')).toBe('secret');
  });

  test('only regular files are written', async () => {
    using world = new World();
    expect(Bun.spawnSync(['mkfifo', world.at('pipe')]).exitCode).toBe(0);
    expect(await world.write('pipe', 'x')).toMatchObject({ detail: '"pipe" is no regular file' });
    expect(await world.write('sub', 'x')).toMatchObject({ detail: '"sub" is a folder' });
    expect(await world.write('.', 'x')).toMatchObject({ detail: '"." is a folder' });
    expect(await world.write('/dev/null', 'x', 'allow-all')).toMatchObject({
      detail: '"/dev/null" is no regular file',
    });
    expect(statSync('/dev/null').isFile()).toBe(false);
  });

  const root = process.getuid?.() === 0;
  if (root) console.log('a file that may not be written: skipped, root may write everything');
  test.skipIf(root)('a file that may not be written stays', async () => {
    using world = new World();
    writeFileSync(world.at('a.txt'), 'old');
    chmodSync(world.at('a.txt'), 0o444);
    expect(await world.write('a.txt', 'new')).toMatchObject({ detail: '"a.txt" cannot be written (EACCES)' });
    expect(readFileSync(world.at('a.txt'), 'utf8')).toBe('old');
  });

  const noDisk = smallDiskMissing();
  if (noDisk !== undefined) console.log(`writing onto a full disk: skipped, ${noDisk}`);
  test.skipIf(noDisk !== undefined)('a full disk leaves the old text, and nothing else', async () => {
    using disk = new SmallDisk();
    const scope = { cwd: realpathSync(disk.path), policy: 'workdir' } as const;
    writeFileSync(join(disk.path, 'a.txt'), 'old');
    const written = await writeTextFile({ path: 'a.txt', content: 'x'.repeat(20_000_000) }, scope);
    expect(written).toEqual({
      ok: false,
      failure: { reason: 'file-failed', detail: '"a.txt" cannot be written (ENOSPC)' },
    });
    expect(readFileSync(join(disk.path, 'a.txt'), 'utf8')).toBe('old');
    expect(readdirSync(disk.path)).toEqual(['a.txt']);
  });
});

describe('outside', () => {
  test.each([
    '/etc/passwd',
    '../secret/key',
    'to-key',
    'to-secret/key',
    'to-secret/new',
    'new/../../secret/key',
    'file:///etc/passwd',
  ])('%p is neither read nor written', async (path) => {
    using world = new World();
    symlinkSync('../secret/key', world.at('to-key'));
    symlinkSync(join(world.real, 'secret'), world.at('to-secret'));
    for (const policy of POLICY_NAMES.filter((name) => name !== 'allow-all')) {
      expect(await world.read(path, {}, policy)).toMatchObject({ reason: 'file-refused' });
      expect(await world.write(path, 'x', policy)).toMatchObject({ reason: 'file-refused' });
    }
    expect(readFileSync(join(world.real, 'secret/key'), 'utf8')).toBe('secret');
    expect(readdirSync(join(world.real, 'secret'))).toEqual(['key']);
  });

  test('is reached by allow-all alone', async () => {
    using world = new World();
    const path = join(world.real, 'secret/new/a.txt');
    expect(await world.write('../secret/new/a.txt', 'x', 'allow-all')).toEqual({ path, size: 1 });
    expect(await world.read(path, {}, 'allow-all')).toEqual({ path, size: 1, content: 'x' });
    expect(await world.read('a\0', {}, 'allow-all')).toMatchObject({ reason: 'file-refused' });
  });
});

test.each(POLICY_NAMES)('inside, %s says whether there is writing', async (policy) => {
  using world = new World();
  writeFileSync(world.at('a.txt'), 'old');
  expect(await world.read('a.txt', {}, policy)).toMatchObject({ content: 'old' });
  const refused = policy === 'read-only' || policy === 'deny-all';
  const detail = `the policy ${policy} allows no writing`;
  expect(await world.write('b.txt', 'x', policy)).toMatchObject(
    refused ? { reason: 'file-refused', detail } : { size: 1 },
  );
  expect(existsSync(world.at('b.txt'))).toBe(!refused);
});

test.each([
  [undefined, 'the parameters must be an object'],
  [[], 'the parameters must be an object'],
  [{}, 'path must be a string that is not empty'],
  [{ path: '' }, 'path must be a string that is not empty'],
  [{ path: ['a'] }, 'path must be a string that is not empty'],
  [{ path: 'a', line: '1' }, 'line must be a whole number'],
  [{ path: 'a', line: 1.5 }, 'line must be a whole number'],
  [{ path: 'a', line: -1 }, 'line must be a whole number'],
  [{ path: 'a', limit: NaN }, 'limit must be a whole number'],
  [{ path: 'a', limit: {} }, 'limit must be a whole number'],
])('parameters that the protocol does not know: %j', async (params, detail) => {
  const read = await readTextFile(params, { cwd: '/', policy: 'workdir' });
  expect(read).toEqual({ ok: false, failure: { reason: 'params-invalid', detail } });
});

test('content that is no text is not written', async () => {
  using world = new World();
  for (const content of [undefined, null, 7, ['x']]) {
    expect(await world.write('a.txt', content)).toEqual({
      reason: 'params-invalid',
      detail: 'content must be a string',
    });
  }
  expect(existsSync(world.at('a.txt'))).toBe(false);
});
