/** Machine 2: edits of text files. */
import { beforeEach, describe, expect, test } from 'bun:test';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { FileEntry } from '../../src/protocol/files.ts';
import type { FileEdited, FileEditRequest } from '../../src/protocol/files/edit.ts';
import type { Door } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';
import { notOnWindows } from './not-on-windows.ts';
import { sharedRig } from './shared-rig.ts';
import { addKey } from './suite-keys.ts';

const MIB = 1024 * 1024;
const sha256Of = (bytes: string | Uint8Array) => new Bun.CryptoHasher('sha256').update(bytes).digest('hex');

export function filesEditSuite(door: Door): void {
  notOnWindows(door, 'files: edits', 'links, which Wine breaks');
  describe('files: edits', () => {
    const rig = sharedRig(door);
    const local = (name: string) => join(rig().place.cwd, name);
    const native = (name: string) => door.nativePath(local(name));
    const at = (path: string) => `/files?path=${encodeURIComponent(path)}`;
    const ask = (name: string, json: object, more: { key?: string; headers?: Record<string, string> } = {}) =>
      rig().ask(at(native(name)), { method: 'PATCH', json, ...more });
    const content = (name = 'file') => readFileSync(local(name), 'utf8');
    const write = (text: string | Uint8Array, name = 'file') => writeFileSync(local(name), text);
    const versionOf = async (name = 'file') =>
      (await rig().get<FileEntry>(`/files/stat?path=${encodeURIComponent(native(name))}`)).version;
    /** With the hash of what is there. */
    const edited = async (edits: FileEditRequest['edits'], more: Partial<FileEditRequest> = {}) => {
      const sha256 = sha256Of(readFileSync(local('file')));
      const { status, body } = await ask('file', { edits, sha256, ...more });
      if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
      return body as FileEdited;
    };
    const left = () => readdirSync(rig().place.cwd).filter((name) => name.endsWith('.agent-server'));

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

    const REFUSED: readonly [string, FileEditRequest['edits']][] = [
      [
        'lines that overlap',
        [
          { from: 1, to: 2, text: '' },
          { from: 2, to: 3, text: '' },
        ],
      ],
      [
        'lines put into those that are replaced',
        [
          { from: 1, to: 3, text: '' },
          { from: 2, to: 1, text: 'x' },
        ],
      ],
      [
        'one line twice',
        [
          { from: 1, to: 1, text: 'x' },
          { from: 1, to: 1, text: 'x' },
        ],
      ],
      [
        'texts that overlap',
        [
          { old: 'one\nt', new: '' },
          { old: 'two', new: '' },
        ],
      ],
      ['a line beyond the end', [{ from: 5, to: 5, text: 'x' }]],
      ['lines to beyond the end', [{ from: 4, to: 5, text: 'x' }]],
      ['lines put beyond the end', [{ from: 6, to: 5, text: 'x' }]],
      ['to before from', [{ from: 3, to: 1, text: 'x' }]],
    ];
    test.each(REFUSED)('400, and nothing is written: %s', async (_what, edits) => {
      const first = edits.some((edit) => 'old' in edit) ? { old: 'four', new: '4' } : { from: 4, to: 3, text: 'x' };
      const version = await versionOf();
      const sha256 = sha256Of(content());
      for (const list of [edits, [...edits, first]])
        expect(await ask('file', { edits: list, sha256 })).toMatchObject({ status: 400 });
      expect(await versionOf()).toBe(version);
    });

    const BODIES: readonly [string, unknown][] = [
      ['nothing', {}],
      ['no edits', { edits: [] }],
      [
        'both kinds',
        {
          edits: [
            { from: 1, to: 1, text: '' },
            { old: 'a', new: 'b' },
          ],
        },
      ],
      ['both in one', { edits: [{ from: 1, to: 1, text: '', old: 'a', new: 'b' }] }],
      ['an empty old', { edits: [{ old: '', new: 'b' }] }],
      ['count 0', { edits: [{ old: 'a', new: 'b', count: 0 }] }],
      ['line 0', { edits: [{ from: 0, to: 0, text: '' }] }],
      ['no text', { edits: [{ from: 1, to: 1 }] }],
      ['a hash that is none', { edits: [{ old: 'a', new: 'b' }], sha256: 'x' }],
      ['another line end', { edits: [{ old: 'a', new: 'b' }], eol: 'cr' }],
      ['a field that is none', { edits: [{ old: 'a', new: 'b' }], dry: true }],
      ['a lone surrogate', { edits: [{ old: 'a', new: '\ud800' }] }],
      ['1001 edits', { edits: Array.from({ length: 1001 }, () => ({ old: 'a', new: 'b' })) }],
    ];
    test.each(BODIES)('400: %s', async (_what, json) => {
      expect(await ask('file', json as object)).toMatchObject({ status: 400 });
    });

    test('the sentence is about the kind of edit that was meant, and names a field that there is not', async () => {
      const good = { old: 'a', new: 'b' };
      const sentences: readonly [object, string][] = [
        [{ edits: [good, good, { old: '', new: 'b' }] }, 'edits.2.old must not have fewer than 1 characters'],
        [{ edits: [{ ...good, count: 0 }] }, 'edits.0.count must be >= 1'],
        [{ edits: [good], dry: true }, 'there is no field "dry"'],
        [{ edits: [good, { from: 1, to: 1, text: '' }] }, 'edits must all have from, to and text, or all old and new'],
      ];
      for (const [json, error] of sentences)
        expect(await ask('file', json)).toMatchObject({ status: 400, body: { error } });
    });

    test('what is no text is 415, more than 16 MiB is 413, what is no file 409, what is not there 404', async () => {
      const edits = [{ old: 'a', new: 'b' }];
      write(Uint8Array.from([0x61, 0xff]));
      const noText = await ask('file', { edits });
      expect(noText).toMatchObject({ status: 415, body: { error: expect.stringContaining('edit it as bytes') } });
      expect(readFileSync(local('file')).equals(Uint8Array.from([0x61, 0xff]))).toBe(true);
      write('a');
      truncateSync(local('file'), 16 * MIB + 1);
      expect(await ask('file', { edits })).toMatchObject({ status: 413 });
      truncateSync(local('file'), 16 * MIB);
      expect(await ask('file', { edits: [{ old: 'a', new: 'bb' }] })).toMatchObject({ status: 413 });
      expect(statSync(local('file')).size).toBe(16 * MIB);
      expect(await ask('file', { edits })).toMatchObject({ status: 200, body: { lines: 1 } });
      expect(await ask('absent', { edits })).toMatchObject({ status: 404 });
      expect(await ask('file/below', { edits })).toMatchObject({ status: 404 });
      mkdirSync(local('folder'), { recursive: true });
      expect(await ask('folder', { edits })).toMatchObject({ status: 409, body: { error: 'is a directory' } });
      expect(await rig().ask('/files?path=relative', { method: 'PATCH', json: { edits } })).toMatchObject({
        status: 400,
      });
      expect(await rig().ask('/files', { method: 'PATCH', json: { edits } })).toMatchObject({ status: 400 });
      const plain = { method: 'PATCH', body: '{}', headers: { 'content-type': 'text/plain' } };
      expect(await rig().ask(at(native('file')), plain)).toMatchObject({ status: 415 });
      const large = { edits: [{ old: 'a', new: 'x'.repeat(MIB) }] };
      expect(await ask('file', large)).toMatchObject({ status: 413 });
    });

    test('a key needs files:write, keeps to its roots, and sees no lines without files:read', async () => {
      mkdirSync(local('mine'), { recursive: true });
      write('a\nsecret\n', 'mine/file');
      const json = { edits: [{ old: 'a', new: 'b' }] };
      const reader = await addKey(rig(), ['files:read', 'observe']);
      expect(await ask('mine/file', json, reader)).toMatchObject({ status: 403, body: { scope: 'files:write' } });
      expect(content('mine/file')).toBe('a\nsecret\n');
      const writer = await addKey(rig(), ['files:write'], { roots: [native('mine')] });
      expect(await ask('file', json, writer)).toMatchObject({ status: 403, body: { error: 'outside of the roots' } });
      expect(await ask('mine/../file', json, writer)).toMatchObject({ status: 403 });
      const blind = await ask('mine/file', { ...json, dryRun: true }, writer);
      expect(blind).toMatchObject({ status: 200, body: { lines: 2, edits: [{ from: 1, to: 1 }] } });
      expect(JSON.stringify(blind.body)).not.toContain('secret');
      const both = await addKey(rig(), ['files:write', 'files:read'], { roots: [native('mine')] });
      expect((await ask('mine/file', json, both)).body).toMatchObject({ diff: expect.stringContaining(' secret') });
    });

    test('the data folder and the key file are not edited with other keys', async () => {
      const { key } = await addKey(rig(), ['files:write', 'files:read']);
      const json = { edits: [{ old: 'a', new: 'b' }] };
      const own = { method: 'PATCH', json, key };
      expect(await rig().ask(at(`${door.nativePath(rig().place.data)}/keys.json`), own)).toMatchObject({ status: 403 });
    });

    if (door.platform === 'posix') {
      test('a link stays one, its target is edited, and one that leads out of the roots is not followed', async () => {
        mkdirSync(local('linked'), { recursive: true });
        symlinkSync('../file', local('linked/link'));
        const json = { edits: [{ old: 'one', new: '1' }] };
        const { key } = await addKey(rig(), ['files:write'], { roots: [native('linked')] });
        expect(await ask('linked/link', json, { key })).toMatchObject({ status: 403 });
        chmodSync(local('file'), 0o640);
        expect(await ask('linked/link', json)).toMatchObject({ status: 200, body: { path: native('linked/link') } });
        expect(content()).toBe('1\ntwo\nthree\nfour\n');
        expect(statSync(local('file')).mode & 0o777).toBe(0o640);
      });

      test('a pipe and a device are never opened, and a path of bytes is found', async () => {
        const edits = [{ old: 'a', new: 'b' }];
        expect(Bun.spawnSync({ cmd: ['mkfifo', local('pipe')] }).exitCode).toBe(0);
        expect(await ask('pipe', { edits })).toMatchObject({ status: 409 });
        expect(await rig().ask(at('/dev/zero'), { method: 'PATCH', json: { edits } })).toMatchObject({ status: 409 });
        const path = Buffer.concat([Buffer.from(local('bytes-')), Buffer.from([0xff])]);
        if (process.platform !== 'linux') return process.stdout.write('names are text on this system\n');
        writeFileSync(path, 'a');
        const query = `/files?pathBytes=${encodeURIComponent(path.toString('base64'))}`;
        expect(await rig().ask(query, { method: 'PATCH', json: { edits } })).toMatchObject({ status: 200 });
        expect(readFileSync(path, 'utf8')).toBe('b');
        const proc = await rig().ask(at('/proc/self/status'), {
          method: 'PATCH',
          json: { edits: [{ old: 'Name:', new: 'x' }] },
        });
        expect(proc.status).toBe(409);
      });
    }

    test('--roots holds for edits', async () => {
      await using bound = await Rig.start(door, { flags: { roots: 'shared' } });
      mkdirSync(bound.path('shared'));
      for (const name of ['shared/a', 'b']) writeFileSync(bound.path(name), 'a');
      const json = { edits: [{ old: 'a', new: 'b' }] };
      const status = async (name: string) =>
        (await bound.ask(at(door.nativePath(bound.path(name))), { method: 'PATCH', json })).status;
      expect([await status('shared/a'), await status('b')]).toEqual([200, 403]);
    });
  });
}
