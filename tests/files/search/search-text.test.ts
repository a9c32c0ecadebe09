/** Searching for text with the real ripgrep. */
import { afterAll, describe, expect, test } from 'bun:test';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemClock } from '../../../src/core/clock.ts';
import { Rows, type Row } from '../../../src/files/search/rows.ts';
import type { TextSearch } from '../../../src/files/search/ripgrep-arguments.ts';
import { searchText } from '../../../src/files/search/search-text.ts';
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

type Asked = TextSearch & { readonly limit: number; readonly timeoutMs: number };

const asked = (folderPath: string, text: string, more: Partial<Asked> = {}): Asked => ({
  folder: folderPath,
  name: '',
  text,
  literal: false,
  matchCase: true,
  word: false,
  include: undefined,
  exclude: [],
  never: [],
  ignore: true,
  ignoreOfParents: false,
  hidden: false,
  context: 0,
  limit: 1000,
  maxFileBytes: 64 * 1024 * 1024,
  maxLines: 1001,
  timeoutMs: 30_000,
  ...more,
});

const allows = () => true;
const nameOf = ({ path }: Row) =>
  'text' in path ? path.text.replace(/^\.[\\/]/, '').replaceAll('\\', '/') : path.bytes;

async function find(search: Asked, signal = new AbortController().signal) {
  const rows: Row[] = [];
  const done = await searchText(search, { ...search, allows }, (row) => void rows.push(row), parts, signal);
  return { done, rows: rows.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0)) };
}

const places = (rows: readonly Row[]) => rows.map((row) => `${nameOf(row)}:${row.line}:${row.column}`);

test('a row for each match, column in characters; a pattern that begins with a dash is one', async () => {
  const path = folder({ 'a.txt': 'nothing\näé𝄞 --x and --x\r\n', 'sub/b.txt': '--x' });
  const { done, rows } = await find(asked(path, '--x'));
  expect(places(rows)).toEqual(['a.txt:2:5', 'a.txt:2:13', 'sub/b.txt:1:1']);
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
  expect(places(rows)).toEqual(['latin.txt:1:7', 'long.txt:1:50001', 'utf16.txt:2:5']);
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
  const names = async (more: Partial<Asked>, text = 'word') => (await find(asked(path, text, more))).rows.map(nameOf);
  expect(await names({})).toEqual(['b.txt', 'c.txt']);
  expect(await names({ ignore: false, hidden: true })).toEqual(['.secret', 'b.txt', 'c.txt', 'out/x.txt']);
  expect(await names({ matchCase: false, include: '*.md' })).toEqual(['a.md']);
  expect(await names({ exclude: ['b*'] })).toEqual(['c.txt']);
  expect(await names({ word: true })).toEqual(['c.txt']);
  expect(await names({ literal: true }, '.w')).toEqual(['c.txt']);
  expect(await names({ maxFileBytes: 5 })).toEqual(['b.txt']);
});

test('what is left out does not come back by a name, by a rule, or by being a part of something', async () => {
  const path = folder({
    '.gitignore': '*.log\n!.shown.log\n',
    '.ignore': '*.txt\n',
    'a.log': 'word',
    '.shown.log': 'word',
    'own[1]/{a}!/b.txt': 'word',
    'own[1]/{a}!c/b.txt': 'word',
    '#c.txt': 'word',
    'd:e.txt': 'word',
  });
  const names = async (more: Partial<Asked>) => (await find(asked(path, 'word', more))).rows.map(nameOf);
  expect(await names({ include: '*.log' })).toEqual([]);
  expect(await names({ include: '*.log', hidden: true })).toEqual(['.shown.log']);
  expect(await names({ include: '*.txt', never: ['own[1]/{a}!'], exclude: ['#*'] })).toEqual([
    'd:e.txt',
    'own[1]/{a}!c/b.txt',
  ]);
  // ripgrep takes a superset for it; whoever asks holds the glob against each file.
  expect(await names({ include: 'd:*' })).toEqual(['d:e.txt']);
});

test('one file is searched whatever is left out', async () => {
  const path = folder({ '.gitignore': '*', '-x': 'word', y: 'word' });
  expect((await find(asked(path, 'word', { name: '-x' }))).rows.map(nameOf)).toEqual(['-x']);
});

test('a line of a hundred thousand matches costs what its rows cost, and columns count characters of any width', async () => {
  const path = folder({ a: `${'é𝄞x'.repeat(100_000)}\n` });
  const { rows, done } = await find(asked(path, 'x', { limit: 50_000 }));
  expect(rows).toHaveLength(50_000);
  expect(rows.map(({ column }) => column)).toEqual(Array.from({ length: 50_000 }, (_, at) => 3 * at + 3));
  expect(done).toMatchObject({ ok: true, value: { files: 1, more: true } });
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
      asked(many, 'hit'),
      { limit: 1e9, timeoutMs: 30_000, allows },
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
    const done = await searchText(
      asked(many, 'hit'),
      { limit: 1000, timeoutMs: 30_000, allows },
      () => promise,
      { ...parts, clock },
      new AbortController().signal,
    );
    expect(done).toMatchObject({ ok: true, value: { timedOut: true, more: false } });
  });

  test('a reader that fails', async () => {
    const failing = () => Promise.reject(new Error('gone'));
    const searching = searchText(
      asked(many, 'hit'),
      { limit: 1000, timeoutMs: 30_000, allows },
      failing,
      parts,
      new AbortController().signal,
    );
    expect(await searching.catch(String)).toBe('Error: gone');
  });
});

test('a path that is no UTF-8 is told with its bytes', () => {
  const rows = new Rows(0, 10);
  const bytes = Buffer.from('caf\u00e9', 'latin1').toString('base64');
  expect([...rows.take(JSON.stringify({ type: 'begin', data: { path: { bytes } } }))]).toEqual([]);
  const match = { lines: { text: 'x\n' }, line_number: 1, submatches: [{ start: 0 }] };
  expect([...rows.take(JSON.stringify({ type: 'match', data: match }))]).toEqual([
    { path: { bytes }, line: 1, column: 1, text: 'x' },
  ]);
});
