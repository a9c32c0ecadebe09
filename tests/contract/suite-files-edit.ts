/** Machine 2: edits of text files. */
import { beforeEach, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import type { Door } from '../support/doors.ts';
import { filesEditWorld, sha256Of } from './files-edit-world.ts';

export function filesEditSuite(door: Door): void {
  describe('files: edits', () => {
    const { local, native, ask, content, write, versionOf, edited, left } = filesEditWorld(door);

    beforeEach(() => write('one\ntwo\nthree\nfour\n'));

    test('lines are replaced, put before others, put at the end and deleted, by the numbers they had', async () => {
      const answer = await edited([
        { from: 5, to: 4, text: 'five' },
        { from: 1, to: 0, text: 'zero\n' },
        { from: 2, to: 3, text: '2\n3\n3a' },
        { from: 4, to: 4, text: '' },
      ]);
      const text = 'zero\none\n2\n3\n3a\nfive\n';
      expect(content()).toBe(text);
      expect(answer).toEqual({
        path: native('file'),
        sha256: sha256Of(text),
        version: await versionOf(),
        diff: expect.stringContaining('@@ -1,4 +1,6 @@'),
        lines: 6,
        edits: [
          { from: 6, to: 6 },
          { from: 1, to: 1 },
          { from: 3, to: 5 },
          { from: 6, to: 5 },
        ],
      });
      expect(left()).toEqual([]);
    });

    test('the diff is a unified one, of what changed and three lines around', async () => {
      write(Array.from({ length: 20 }, (_, line) => `line ${line + 1}\n`).join(''));
      const { diff } = await edited([
        { from: 2, to: 2, text: 'LINE 2' },
        { from: 18, to: 18, text: '' },
      ]);
      const [before, after, ...hunks] = diff?.split('\n') ?? [];
      expect([before?.startsWith('--- '), after?.startsWith('+++ ')]).toEqual([true, true]);
      expect(hunks).toEqual([
        '@@ -1,5 +1,5 @@',
        ' line 1',
        '-line 2',
        '+LINE 2',
        ' line 3',
        ' line 4',
        ' line 5',
        '@@ -15,6 +15,5 @@',
        ' line 15',
        ' line 16',
        ' line 17',
        '-line 18',
        ' line 19',
        ' line 20',
        '',
      ]);
    });

    test('a text that stands there once is replaced, and nothing in it has a meaning of its own', async () => {
      write('price: $1.00 (a+b)\nother\n');
      const answer = await ask('file', { edits: [{ old: '$1.00 (a+b)', new: '$& $1 \\n $$' }] });
      expect(answer).toMatchObject({ status: 200, body: { lines: 2, edits: [{ from: 1, to: 1 }] } });
      expect(content()).toBe('price: $& $1 \\n $$\nother\n');
    });

    test('a text that stands there as often as count says is replaced everywhere', async () => {
      write('a b a\na\n');
      const answer = await ask('file', {
        edits: [
          { old: 'a', new: 'aa', count: 3 },
          { old: 'b', new: '' },
        ],
      });
      expect(answer).toMatchObject({
        status: 200,
        body: { edits: [1, 1, 2, 1].map((line) => ({ from: line, to: line })) },
      });
      expect(content()).toBe('aa  aa\naa\n');
    });

    test('one that stands there more or less often is 409, with how often and where, and nothing is written', async () => {
      write('a\nb\na\naa\n');
      const none = await ask('file', {
        edits: [
          { old: 'b', new: 'c' },
          { old: 'A', new: 'x' },
        ],
      });
      expect(none).toMatchObject({
        status: 409,
        body: { error: expect.stringContaining('edits.1'), found: 0, lines: [] },
      });
      expect(await ask('file', { edits: [{ old: 'a', new: 'x' }] })).toMatchObject({
        status: 409,
        body: { found: 4, lines: [1, 3, 4, 4] },
      });
      write('}\n}\n}\n');
      const overlapping = await ask('file', { edits: [{ old: '}\n}\n', new: '' }] });
      expect(overlapping).toMatchObject({ status: 409, body: { found: 2, lines: [1, 2] } });
      expect(content()).toBe('}\n}\n}\n');
    });

    test('LF in old is CRLF, too, and new lines get the line ends of the file, or those of eol', async () => {
      write('one\r\ntwo\r\nthree\n');
      await edited([{ old: 'one\ntwo', new: '1\n2' }]);
      expect(content()).toBe('1\r\n2\r\nthree\n');
      expect(await ask('file', { edits: [{ old: '2\r\nthree\r\n', new: '' }] })).toMatchObject({ status: 409 });
      await edited([{ from: 3, to: 3, text: 'a\nb' }]);
      expect(content()).toBe('1\r\n2\r\na\r\nb\r\n');
      await edited([{ from: 1, to: 1, text: 'x\r\ny\r\n' }], { eol: 'lf' });
      expect(content()).toBe('x\ny\n2\r\na\r\nb\r\n');
    });

    test('a last line without an end, a byte-order mark and UTF-16 stay', async () => {
      write('\ufeffa\r\nb');
      await edited([{ from: 3, to: 2, text: 'c' }]);
      expect(content()).toBe('\ufeffa\r\nb\r\nc');
      const { diff } = await edited([{ from: 3, to: 3, text: '' }]);
      expect(content()).toBe('\ufeffa\r\nb');
      expect(diff?.split('\n').slice(2)).toEqual([
        '@@ -1,3 +1,2 @@',
        ' a\r',
        '-b\r',
        '-c',
        '\\ No newline at end of file',
        '+b',
        '\\ No newline at end of file',
        '',
      ]);
      for (const swap of [false, true]) {
        const bytes = (text: string) => {
          const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le');
          return swap ? utf16.swap16() : utf16;
        };
        write(bytes('ä\r\n𝄞\r\n'));
        await edited([{ from: 2, to: 2, text: 'é\nü' }]);
        expect(readFileSync(local('file')).equals(bytes('ä\r\né\r\nü\r\n'))).toBe(true);
      }
    });

    test('an empty file takes lines, and a file can be emptied', async () => {
      write('');
      expect(await edited([{ from: 1, to: 0, text: 'a' }])).toMatchObject({ lines: 1, edits: [{ from: 1, to: 1 }] });
      expect(content()).toBe('a\n');
      expect(await edited([{ from: 1, to: 1, text: '' }])).toMatchObject({ lines: 0, edits: [{ from: 1, to: 0 }] });
      expect(content()).toBe('');
      await edited([{ from: 1, to: 0, text: '\n' }]);
      expect(content()).toBe('\n');
    });

    test('edits of lines without saying of which file are 428, also with If-Match: *', async () => {
      const edits = [{ from: 1, to: 1, text: 'x' }];
      expect(await ask('file', { edits })).toMatchObject({ status: 428 });
      expect(await ask('file', { edits }, { headers: { 'if-match': '*' } })).toMatchObject({ status: 428 });
      expect(content()).toBe('one\ntwo\nthree\nfour\n');
    });

    test('another hash or version is 409 with what is there, and the right one is taken', async () => {
      const edits = [{ from: 1, to: 1, text: 'x' }];
      const version = await versionOf();
      const there = { sha256: sha256Of(content()), version };
      const stale = { status: 409, body: { error: 'the file is not the one that the edits are about', ...there } };
      expect(await ask('file', { edits, sha256: sha256Of('other') })).toMatchObject(stale);
      expect(await ask('file', { edits }, { headers: { 'if-match': '"1-2-3-4"' } })).toMatchObject(stale);
      const both = await ask('file', { edits, sha256: there.sha256 }, { headers: { 'if-match': '"1-2-3-4"' } });
      expect(both).toMatchObject(stale);
      expect(await ask('file', { edits: [{ old: 'one', new: '1' }], sha256: sha256Of('') })).toMatchObject(stale);
      const done = await ask('file', { edits }, { headers: { 'if-match': `"0-0-0-0", "${version}"` } });
      expect(done.status).toBe(200);
      expect(done.headers.get('etag')).toBe(`"${await versionOf()}"`);
      const again = await ask('file', { edits }, { headers: { 'if-match': `"${version}"` } });
      expect(again).toMatchObject({ status: 409, body: { sha256: sha256Of(content()), version: await versionOf() } });
      expect((await ask('file', { edits, sha256: sha256Of(content()).toUpperCase() })).status).toBe(200);
    });

    test('of many edits at once of one version exactly one wins, and those of no version all do', async () => {
      const sha256 = sha256Of(content());
      const raced = await Promise.all(
        Array.from({ length: 8 }, (_, n) => ask('file', { sha256, edits: [{ from: 1, to: 1, text: `winner ${n}` }] })),
      );
      expect(raced.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, ...Array(7).fill(409)]);
      const winner = raced.findIndex(({ status }) => status === 200);
      expect(content()).toBe(`winner ${winner}\ntwo\nthree\nfour\n`);
      write(Array.from({ length: 8 }, (_, n) => `<${n}>\n`).join(''));
      const all = await Promise.all(
        Array.from({ length: 8 }, (_, n) => ask('file', { edits: [{ old: `<${n}>`, new: `done ${n}` }] })),
      );
      expect(all.map(({ status }) => status)).toEqual(Array(8).fill(200));
      expect(content()).toBe(Array.from({ length: 8 }, (_, n) => `done ${n}\n`).join(''));
      expect(left()).toEqual([]);
    });

    test('a dry run tells all and writes nothing; edits that change nothing do not either', async () => {
      const version = await versionOf();
      const dry = await edited([{ from: 1, to: 1, text: 'x' }], { dryRun: true });
      expect(dry).toMatchObject({ version, sha256: sha256Of('x\ntwo\nthree\nfour\n'), lines: 4 });
      expect(dry.diff).toContain('\n-one\n+x\n');
      expect(await edited([{ from: 2, to: 2, text: 'two' }])).toMatchObject({ version, diff: '' });
      expect([content(), await versionOf()]).toEqual(['one\ntwo\nthree\nfour\n', version]);
    });
  });
}
