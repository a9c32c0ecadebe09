/** Searching for text with the real ripgrep. */
import { afterAll, describe, expect, test } from 'bun:test';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemClock } from '../../../src/core/clock.ts';
import { Rows, type Row } from '../../../src/files/ripgrep/rows.ts';
import { searchText, type TextSearch } from '../../../src/files/ripgrep/search-text.ts';
import { createLauncher } from '../../../src/platform/process/index.ts';
import { ripgrepPath } from '../../../src/platform/programs/ripgrep.ts';
import { Sandbox } from '../../support/sandbox.ts';

const box = new Sandbox();
afterAll(() => box[Symbol.dispose]());

const parts = {
  ripgrep: ripgrepPath(box.file('program')),
  launcher: createLauncher(),
  env: { PATH: '/usr/bin:/bin' },
  clock: systemClock,
};

function folder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const path = box.file(crypto.randomUUID());
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  }
  return path;
}

const asked = (path: string, text: string, more: Partial<TextSearch> = {}): TextSearch => ({
  path,
  text,
  literal: false,
  matchCase: true,
  word: false,
  include: [],
  exclude: [],
  ignore: true,
  hidden: false,
  context: 0,
  limit: 1000,
  maxFileBytes: 64 * 1024 * 1024,
  timeoutMs: 30_000,
  ...more,
});

async function find(search: TextSearch, signal = new AbortController().signal) {
  const rows: Row[] = [];
  const done = await searchText(search, (row) => void rows.push(row), parts, signal);
  return { done, rows: rows.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)) };
}

const places = (rows: readonly Row[], path: string) =>
  rows.map((row) => `${row.path.slice(path.length + 1)}:${row.line}:${row.column}`);

test('a row for each match, column in characters; a pattern that begins with a dash is one', async () => {
  const path = folder({ 'a.txt': 'nothing\näé𝄞 --x and --x\r\n', 'sub/b.txt': '--x' });
  const { done, rows } = await find(asked(path, '--x'));
  expect(places(rows, path)).toEqual(['a.txt:2:5', 'a.txt:2:13', 'sub/b.txt:1:1']);
  expect(rows[0]?.text).toBe('äé𝄞 --x and --x');
  expect(done).toEqual({ ok: true, value: { matches: 3, files: 2, more: false, timedOut: false } });
});

test('lines around a match, also where matches are near each other', async () => {
  const path = folder({ 'a.txt': 'one\ntwo\nhit A\nhit B\nfive\nsix\nseven\neight\nhit C\n' });
  const { rows } = await find(asked(path, 'hit', { context: 2 }));
  expect(rows.map(({ text, before, after }) => [text, before, after])).toEqual([
    ['hit A', ['one', 'two'], ['hit B', 'five']],
    ['hit B', ['two', 'hit A'], ['five', 'six']],
    ['hit C', ['seven', 'eight'], []],
  ]);
});

test('UTF-16 with a mark, bytes that are no UTF-8, and a long line around its match', async () => {
  const path = folder({
    'utf16.txt': Buffer.from('\ufeffzero\nein Wort\n', 'utf16le'),
    'latin.txt': Buffer.from('gr\u00fc\u00dfe Wort\n', 'latin1'),
    'long.txt': `${'a'.repeat(50_000)}Wort${'b'.repeat(50_000)}`,
  });
  const { rows } = await find(asked(path, 'Wort'));
  expect(places(rows, path)).toEqual(['latin.txt:1:7', 'long.txt:1:50001', 'utf16.txt:2:5']);
  expect(rows[0]?.text).toBe('gr\ufffd\ufffde Wort');
  expect(rows[1]?.text).toBe(`…${'a'.repeat(200)}Wort${'b'.repeat(996)}…`);
  expect(rows[2]?.text).toBe('ein Wort');
});

test('ignore files, hidden files, globs, words, letters as they are', async () => {
  const path = folder({
    '.gitignore': 'out/\n',
    'out/x.txt': 'word',
    '.secret': 'word',
    '.git/config': 'word',
    'a.md': 'Word',
    'b.txt': 'words',
    'c.txt': 'a.word',
  });
  const names = async (more: Partial<TextSearch>, text = 'word') =>
    (await find(asked(path, text, more))).rows.map((row) => row.path.slice(path.length + 1));
  expect(await names({})).toEqual(['b.txt', 'c.txt']);
  expect(await names({ ignore: false, hidden: true })).toEqual(['.secret', 'b.txt', 'c.txt', 'out/x.txt']);
  expect(await names({ matchCase: false, include: ['*.md'] })).toEqual(['a.md']);
  expect(await names({ exclude: ['b*'] })).toEqual(['c.txt']);
  expect(await names({ word: true })).toEqual(['c.txt']);
  expect(await names({ literal: true }, '.w')).toEqual(['c.txt']);
  expect(await names({ maxFileBytes: 5 })).toEqual(['b.txt']);
});

test('a pattern that is none is a failure with its reason', async () => {
  const { done } = await find(asked(folder({ a: 'x' }), '(('));
  expect(done).toMatchObject({
    ok: false,
    failure: { reason: 'pattern-invalid', detail: expect.stringContaining('unclosed group') },
  });
});

describe('what ends a search', () => {
  const many = folder(Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`f${n}`, 'hit\n'.repeat(2000)])));

  test('its limit', async () => {
    const { done, rows } = await find(asked(many, 'hit', { limit: 10 }));
    expect(rows).toHaveLength(10);
    expect(done).toMatchObject({ ok: true, value: { matches: 10, more: true, timedOut: false } });
  });

  test('whoever asked hangs up', async () => {
    const abort = new AbortController();
    let rows = 0;
    const done = await searchText(
      asked(many, 'hit', { limit: 1e9 }),
      () => {
        rows += 1;
        if (rows === 5) abort.abort();
      },
      parts,
      abort.signal,
    );
    expect({ rows, ok: done.ok }).toEqual({ rows: 5, ok: true });
  });

  test('its time, while nobody takes what it has found', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const clock = {
      ...systemClock,
      after: (_ms: number, callback: () => void) => {
        queueMicrotask(() => {
          callback();
          resolve();
        });
        return { [Symbol.dispose]() {} };
      },
    };
    const done = await searchText(asked(many, 'hit'), () => promise, { ...parts, clock }, new AbortController().signal);
    expect(done).toMatchObject({ ok: true, value: { timedOut: true, more: false } });
  });

  test('a reader that fails', async () => {
    const failing = () => Promise.reject(new Error('gone'));
    const searching = searchText(asked(many, 'hit'), failing, parts, new AbortController().signal);
    expect(await searching.catch(String)).toBe('Error: gone');
  });
});

test('a path that is no UTF-8 is told with its bytes', () => {
  const rows = new Rows(0);
  const bytes = Buffer.from('caf\u00e9', 'latin1').toString('base64');
  expect([...rows.take(JSON.stringify({ type: 'begin', data: { path: { bytes } } }))]).toEqual([]);
  const match = { lines: { text: 'x\n' }, line_number: 1, submatches: [{ start: 0 }] };
  expect([...rows.take(JSON.stringify({ type: 'match', data: match }))]).toEqual([
    { path: 'caf\ufffd', pathBytes: bytes, line: 1, column: 1, text: 'x' },
  ]);
});
