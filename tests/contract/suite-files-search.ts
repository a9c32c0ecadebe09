/** Machine 2: searching files. */
import { describe, expect, test } from 'bun:test';
import { linkSync, mkdirSync, readdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Client } from '../../src/client/client.ts';
import type { FileMatch, FileNameMatch, FileSearch, FileSearchDone } from '../../src/protocol/files/search.ts';
import type { Door } from '../support/doors.ts';
import { waitFor } from '../support/wait.ts';
import { notOnWindows } from './not-on-windows.ts';
import { sharedRig } from './shared-rig.ts';
import { addKey } from './suite-keys.ts';

type Row = FileMatch & FileNameMatch & FileSearchDone;

export function filesSearchSuite(door: Door): void {
  notOnWindows(door, 'files: searching', 'links, pipes and bytes in names, which Windows has not or Wine breaks');
  describe('files: searching', () => {
    const rig = sharedRig(door);

    function tree(files: Readonly<Record<string, string | Uint8Array>>): {
      readonly local: string;
      readonly path: string;
    } {
      const local = join(rig().place.cwd, `search-${crypto.randomUUID()}`);
      mkdirSync(local, { recursive: true });
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(local, name)), { recursive: true });
        writeFileSync(join(local, name), text);
      }
      return { local, path: door.nativePath(local) };
    }
    const ask = (search: FileSearch, key?: string) =>
      rig().request('/files/search', { method: 'POST', json: search, ...(key !== undefined && { key }) });
    async function rowsOf(search: FileSearch, key?: string): Promise<Row[]> {
      const answer = await ask(search, key);
      const text = await answer.text();
      expect([answer.status, answer.status === 200 ? '' : text]).toEqual([200, '']);
      expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
      expect(text).toEndWith('\n');
      return text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Row);
    }
    /** Files from the folder, with slashes, in order. */
    async function found(path: string, search: Omit<FileSearch, 'path'>, key?: string): Promise<string[]> {
      const rows = await rowsOf({ path, ...search }, key);
      expect(rows.at(-1)).toMatchObject({ done: true, matches: rows.length - 1 });
      return rows
        .slice(0, -1)
        .map((row) => row.path.slice(path.length + 1).replaceAll('\\', '/'))
        .toSorted();
    }

    test('a row for each match, and how it ended', async () => {
      const { path } = tree({ 'a.txt': 'nothing\näé𝄞 x and x\r\nx', 'sub/b.txt': 'none' });
      const file = `${path}${door.platform === 'windows' ? '\\' : '/'}a.txt`;
      expect(await rowsOf({ path, text: 'x' })).toEqual([
        { path: file, line: 2, column: 5, text: 'äé𝄞 x and x' },
        { path: file, line: 2, column: 11, text: 'äé𝄞 x and x' },
        { path: file, line: 3, column: 1, text: 'x' },
        { done: true, matches: 3, files: 1, more: false, timedOut: false },
      ] as never);
      expect(await rowsOf({ path: file, text: 'nothing', context: 1 })).toEqual([
        { path: file, line: 1, column: 1, text: 'nothing', before: [], after: ['äé𝄞 x and x'] },
        { done: true, matches: 1, files: 1, more: false, timedOut: false },
      ] as never);
      expect(await rowsOf({ path, text: 'absent' })).toEqual([
        { done: true, matches: 0, files: 0, more: false, timedOut: false },
      ] as never);
    });

    test('what is asked for narrows it', async () => {
      const { path } = tree({
        '.gitignore': '*.log\n',
        'a.log': 'Word',
        'b.md': 'Word',
        'c.txt': 'words',
        'sub/d.md': 'w.rd',
        'sub/gen/e.md': 'word',
        'utf16.txt': Buffer.from('\ufeffword', 'utf16le'),
      });
      expect(await found(path, { text: 'word' })).toEqual(['c.txt', 'sub/gen/e.md', 'utf16.txt']);
      expect(await found(path, { text: 'word', case: false })).toEqual(['b.md', 'c.txt', 'sub/gen/e.md', 'utf16.txt']);
      expect(await found(path, { text: 'word', word: true })).toEqual(['sub/gen/e.md', 'utf16.txt']);
      expect(await found(path, { text: 'w.rd', literal: true })).toEqual(['sub/d.md']);
      expect(await found(path, { text: 'w.rd', name: '*.md' })).toEqual(['sub/d.md', 'sub/gen/e.md']);
      expect(await found(path, { text: 'w.rd', name: '*.md', exclude: ['sub/gen'] })).toEqual(['sub/d.md']);
      expect(await found(path, { text: 'Word', ignore: 'none' })).toEqual(['a.log', 'b.md']);
      expect(await found(path, { text: 'log', hidden: true })).toEqual(['.gitignore']);
      expect(await found(path, { text: 'word', maxFileBytes: 4 })).toEqual(['sub/gen/e.md']);
    });

    test('names alone, of whatever kind', async () => {
      const { path } = tree({
        '.gitignore': 'out/\n',
        'out/a.md': '',
        'sub.md/b.md': '',
        'sub.md/c.txt': '',
        'd.md': '',
      });
      const rows = await rowsOf({ path, name: '*.md' });
      expect(rows.map(({ path: one, type }) => [one?.slice(path.length + 1).replaceAll('\\', '/'), type])).toEqual([
        ['d.md', 'file'],
        ['sub.md', 'directory'],
        ['sub.md/b.md', 'file'],
        [undefined, undefined],
      ] as never);
      expect(rows.at(-1)).toEqual({ done: true, matches: 3, files: 3, more: false, timedOut: false } as never);
      expect(await found(path, { name: '*.md', ignore: 'none', exclude: ['sub.md'] })).toEqual(['d.md', 'out/a.md']);
      expect((await rowsOf({ path, name: '*.md', limit: 2 })).at(-1)).toMatchObject({ matches: 2, more: true });
    });

    test('its limit, and a time that is short', async () => {
      const { path } = tree({ a: 'x\n'.repeat(2000), b: 'x\n'.repeat(2000) });
      const rows = await rowsOf({ path, text: 'x', limit: 2500 });
      expect([rows.length, rows.at(-1)]).toEqual([
        2501,
        { done: true, matches: 2500, files: 2, more: true, timedOut: false },
      ] as never);
      expect((await rowsOf({ path, text: 'x', limit: 4000 })).at(-1)).toMatchObject({ matches: 4000, more: false });
      expect((await rowsOf({ path, name: 'absent', timeout: 1e-6 })).at(-1)).toMatchObject({ done: true });
    });

    const INVALID: readonly [string, object, number][] = [
      ['neither text nor name', {}, 400],
      ['an empty text', { text: '' }, 400],
      ['a regular expression that is none', { text: '((' }, 400],
      ['one that looks around', { text: 'a(?=b)' }, 400],
      ['a line end', { text: 'a\nb' }, 400],
      ['NUL', { text: 'a\0b' }, 400],
      ['a name with a slash', { name: 'a/b' }, 400],
      ['a glob of all others', { text: 'x', exclude: ['!a'] }, 400],
      ['too much context', { text: 'x', context: 6 }, 400],
      ['no rows', { text: 'x', limit: 0 }, 400],
      ['no time', { text: 'x', timeout: 0 }, 400],
      ['too much time', { text: 'x', timeout: 601 }, 400],
      ['a field that is none', { text: 'x', regexp: true }, 400],
      ['a path that is relative', { text: 'x', path: 'a' }, 400],
      ['a path of nothing', { text: 'x', path: 'absent' }, 404],
      ['a file, for names', { name: 'x', path: 'file' }, 409],
    ];
    test.each(INVALID)('refused: %s', async (_what, body, status) => {
      const { local, path } = tree({ file: 'x' });
      const { path: given, ...rest } = { path: '', ...body };
      const at = given === 'a' ? given : given === '' ? path : door.nativePath(join(local, given));
      const answer = await rig().ask('/files/search', { json: { path: at, ...rest } });
      expect([answer.status, typeof (answer.body as { error: unknown }).error]).toEqual([status, 'string']);
    });

    test('needs files:read, and stays in the roots and out of the server’s own files', async () => {
      const mark = `mark-${crypto.randomUUID()}`;
      const { local, path } = tree({ 'in/a': mark, out: mark });
      const observer = await addKey(rig(), ['observe']);
      expect((await ask({ path, text: 'x' }, observer.key)).status).toBe(403);
      const inside = door.nativePath(join(local, 'in'));
      const { key } = await addKey(rig(), ['files:read'], { roots: [inside] });
      expect((await ask({ path, text: mark }, key)).status).toBe(403);
      expect(await found(inside, { text: mark }, key)).toEqual(['a']);
      const data = door.nativePath(rig().place.data);
      writeFileSync(join(rig().place.data, 'note'), mark);
      const above = door.nativePath(dirname(rig().place.data));
      const admin = await addKey(rig(), ['admin']);
      const hits = async (asker: string, search: object) =>
        (await rowsOf({ path: above, hidden: true, ignore: 'none', exclude: ['search-*'], ...search }, asker)).filter(
          (row) => row.path?.startsWith(data),
        );
      for (const search of [{ text: mark }, { name: 'note' }]) {
        expect(await hits(rig().key, search)).toHaveLength(1);
        expect(await hits(admin.key, search)).toEqual([]);
      }
      // Nor what is known by another name: a second one of the key file.
      if (door.platform === 'windows') return;
      mkdirSync(dirname(rig().keyFile), { recursive: true });
      writeFileSync(rig().keyFile, 'the secret');
      linkSync(rig().keyFile, join(local, 'second'));
      expect(await found(path, { text: 'the secret' })).toEqual(['second']);
      expect(await found(path, { text: 'the secret' }, admin.key)).toEqual([]);
    });

    test('the client iterates over the rows, and the last one tells how it ended', async () => {
      const { path } = tree({ a: 'x\nx\n' });
      const { key } = rig();
      // Also through a door without a port.
      const send = (address: string, { signal: _signal, headers, ...init }: RequestInit = {}) =>
        rig().request(new URL(address).pathname, { ...init, headers: headers as Record<string, string> });
      const client = new Client({
        url: 'http://localhost',
        key,
        fetch: (address, init) => send(address, init),
      });
      const rows: unknown[] = [];
      for await (const row of client.files.search({ path, text: 'x' })) rows.push('done' in row ? row.matches : row);
      expect(rows).toEqual([expect.objectContaining({ line: 1 }), expect.objectContaining({ line: 2 }), 2]);
      expect(await client.files.search({ path, text: '((' }).next().catch(String)).toContain(
        'text is no regular expression: unclosed group',
      );
    });

    if (door.platform === 'windows') return;

    test('links are not followed, pipes not opened, and names that are no UTF-8 told by their bytes', async () => {
      const { local, path } = tree({ a: 'mark' });
      symlinkSync(local, join(local, 'loop'));
      symlinkSync('a', join(local, 'link'));
      expect(Bun.spawnSync(['mkfifo', join(local, 'pipe')]).exitCode).toBe(0);
      const bytes = Buffer.concat([Buffer.from(`${local}/b`), Buffer.from([0xff])]);
      writeFileSync(bytes, 'mark');
      const rows = await rowsOf({ path, text: 'mark' });
      expect(
        rows
          .slice(0, -1)
          .map((row) => row.pathBytes ?? row.path)
          .toSorted(),
      ).toEqual([bytes.toString('base64'), `${path}/a`].toSorted());
      expect((await ask({ path: `${path}/pipe`, text: 'x' })).status).toBe(409);
      expect(await found(`${path}/loop`, { text: 'mark' })).toEqual(['a', 'b�']);
    });

    test('a client that hangs up ends the program', async () => {
      if (process.platform !== 'linux') return process.stdout.write('no /proc on this system\n');
      const { local, path } = tree({});
      for (const name of ['a', 'b', 'c', 'd']) writeFileSync(join(local, name), 'mark\n'.repeat(200_000));
      const running = () =>
        readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && linkAt(`/proc/${pid}/cwd`) === local).length;
      const abort = new AbortController();
      const answer = await rig().request('/files/search', {
        method: 'POST',
        json: { path, text: 'mark', limit: 100_000 },
        signal: abort.signal,
      });
      const reader = answer.body?.getReader();
      expect((await reader?.read())?.done).toBe(false);
      expect(running()).toBe(1);
      if (door.mortal) abort.abort();
      else await reader?.cancel();
      await waitFor('the program to end', () => running() === 0 || undefined);
    });
  });
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
