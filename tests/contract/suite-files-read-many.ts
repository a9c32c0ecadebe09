/** Machine 2: many small files, or parts of files, in one request. */
import { describe, expect, test } from 'bun:test';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileEntry } from '../../src/protocol/files.ts';
import type { FilesRead, FilesReadRequest } from '../../src/protocol/files/read-many.ts';
import type { Door } from '../support/doors.ts';
import { notOnWindows } from './not-on-windows.ts';
import { sharedRig } from './shared-rig.ts';
import { addKey } from './suite-keys.ts';

const MIB = 1024 * 1024;

export function filesReadManySuite(door: Door): void {
  notOnWindows(door, 'files: reading many', 'links, pipes and /proc, which Windows has not or Wine breaks');
  describe('files: reading many', () => {
    const rig = sharedRig(door);
    const local = (name: string) => join(rig().place.cwd, name);
    const native = (name: string) => door.nativePath(local(name));
    type Item = FilesReadRequest['items'][number];
    const read = async (items: readonly Item[]) => (await rig().post<FilesRead>('/files/read', { items })).items;
    const one = async (name: string, part: Omit<Item, 'path'> = {}) => {
      const [item] = await read([{ path: native(name), ...part }]);
      return item;
    };
    const stat = (name: string) =>
      rig().get<FileEntry>(`/files/stat?hash=sha256&path=${encodeURIComponent(native(name))}`);

    test('each item is there in its order, also one that is refused', async () => {
      writeFileSync(local('first'), 'one\ntwo\n');
      mkdirSync(local('folder'), { recursive: true });
      const items = await read([{ path: native('first') }, { path: native('absent') }, { path: 'relative' }]);
      const { version, sha256 } = await stat('first');
      expect(items).toEqual([
        {
          path: native('first'),
          ok: true,
          text: 'one\ntwo\n',
          size: 8,
          version,
          sha256: sha256 ?? '',
          eol: 'lf',
          mixedEol: false,
          bom: false,
          charset: 'utf-8',
          lines: 2,
        },
        { path: native('absent'), ok: false, status: 404, error: 'there is no such file or folder' },
        { path: 'relative', ok: false, status: 400, error: 'path must be absolute' },
      ]);
      expect(await one('folder')).toMatchObject({ ok: false, status: 409, error: 'is a directory' });
    });

    const utf16 = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
    const big = (bytes: Buffer) => Buffer.from(bytes).swap16();
    const TEXTS: readonly [string, Buffer, object][] = [
      ['nothing', Buffer.from(''), { text: '', lines: 0, eol: 'lf', bom: false }],
      ['no line end', Buffer.from('a'), { text: 'a', lines: 1, eol: 'lf' }],
      ['CRLF', Buffer.from('a\r\nb\r\n'), { text: 'a\r\nb\r\n', lines: 2, eol: 'crlf', mixedEol: false }],
      ['a tie', Buffer.from('a\r\nb\n'), { lines: 2, eol: 'lf', mixedEol: true }],
      ['more CRLF', Buffer.from('a\r\nb\r\nc\nd'), { lines: 4, eol: 'crlf', mixedEol: true }],
      ['a mark', Buffer.from('\ufeffü\n'), { text: 'ü\n', lines: 1, bom: true, charset: 'utf-8' }],
      ['UTF-16', utf16('ü𝄞\r\n'), { text: 'ü𝄞\r\n', lines: 1, bom: true, charset: 'utf-16le', eol: 'crlf' }],
      ['UTF-16, big end first', big(utf16('ü\n')), { text: 'ü\n', bom: true, charset: 'utf-16be' }],
    ];
    test.each(TEXTS)('a text with %s', async (_what, bytes, expected) => {
      writeFileSync(local('text'), bytes);
      expect(await one('text')).toMatchObject({ ok: true, size: bytes.length, ...expected });
      expect(await one('text', { encoding: 'base64' })).toMatchObject({ base64: bytes.toString('base64') });
    });

    const NO_TEXTS: readonly [string, readonly number[]][] = [
      ['bytes that are no UTF-8', [0x61, 0xff]],
      ['a character cut off', [0xc3]],
      ['half a character of UTF-16', [0xff, 0xfe, 0x61]],
      ['a lone surrogate', [0xff, 0xfe, 0x00, 0xd8, 0x61, 0x00]],
      ['the mark of UTF-32', [0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]],
    ];
    test.each(NO_TEXTS)('415, and bytes all the same: %s', async (_what, bytes) => {
      writeFileSync(local('bytes'), Uint8Array.from(bytes));
      expect(await one('bytes')).toMatchObject({ ok: false, status: 415 });
      const asBytes = await one('bytes', { encoding: 'base64' });
      expect(asBytes).toMatchObject({ ok: true, base64: Buffer.from(bytes).toString('base64') });
      expect(asBytes).not.toHaveProperty('lines');
    });

    test('lines from one to another, with their ends, and bytes by offset', async () => {
      writeFileSync(local('parts'), '1\r\n2\n3\n4');
      const text = async (part: Omit<Item, 'path'>) => (await one('parts', part)) as { text?: string; status?: number };
      expect((await text({ from: 1, to: 1 })).text).toBe('1\r\n');
      expect((await text({ from: 2, to: 3 })).text).toBe('2\n3\n');
      expect((await text({ from: 3 })).text).toBe('3\n4');
      expect((await text({ to: 2 })).text).toBe('1\r\n2\n');
      expect((await text({ from: 4, to: 100 })).text).toBe('4');
      expect(await text({ from: 5 })).toMatchObject({ status: 416, error: 'the file has 4 lines' });
      expect((await text({ offset: 1, bytes: 3 })).text).toBe('\r\n2');
      expect((await text({ bytes: 1 })).text).toBe('1');
      expect((await text({ offset: 7 })).text).toBe('4');
      expect((await text({ offset: 8 })).text).toBe('');
      expect(await text({ offset: 9 })).toMatchObject({ status: 416, error: 'the file has 8 bytes' });
      expect(await one('parts', { offset: 1, bytes: 2, encoding: 'base64' })).toMatchObject({ base64: 'DQo=' });
      expect(await text({ from: 2, to: 1 })).toMatchObject({ status: 400 });
      expect(await text({ from: 2, bytes: 1 })).toMatchObject({ status: 400 });
      expect(await text({ from: 2, encoding: 'base64' })).toMatchObject({ status: 400 });
      const { sha256 } = await stat('parts');
      expect(await text({ from: 2, to: 2 })).toMatchObject({ sha256, lines: 4, size: 8 });
    });

    test('a span of UTF-8 or UTF-16 that cuts a character is no text', async () => {
      writeFileSync(local('cut'), 'aü');
      expect(await one('cut', { bytes: 2 })).toMatchObject({ status: 415 });
      writeFileSync(local('cut'), utf16('ab'));
      expect(await one('cut', { offset: 2, bytes: 2 })).toMatchObject({ text: 'a' });
      expect(await one('cut', { offset: 3, bytes: 2 })).toMatchObject({ status: 415 });
      expect(await one('cut', { bytes: 4 })).toMatchObject({ text: 'a' });
    });

    test('8 MiB together: what does not fit has 413, and what is small enough still comes', async () => {
      writeFileSync(local('large'), Buffer.alloc(5 * MIB, 'x'));
      writeFileSync(local('small'), 'small');
      const path = native('large');
      const items = await read([{ path }, { path }, { path: native('small') }, { path, offset: 2 * MIB }]);
      expect(items.map((item) => (item.ok ? item.text?.length : item.status))).toEqual([5 * MIB, 413, 5, 413]);
      // Bytes, not characters.
      writeFileSync(local('wide'), 'é'.repeat(3 * MIB));
      const wide = await read([{ path: native('wide') }, { path: native('wide') }]);
      expect(wide.map((item) => (item.ok ? item.text?.length : item.status))).toEqual([3 * MIB, 413]);
      writeFileSync(local('exact'), Buffer.alloc(8 * MIB, 'x'));
      expect(await one('exact', { encoding: 'base64' })).toMatchObject({ ok: true, lines: 1 });
      writeFileSync(local('exact'), Buffer.alloc(8 * MIB + 1, 'x'));
      expect(await one('exact', { encoding: 'base64' })).toMatchObject({ ok: false, status: 413 });
    });

    test('of a file over 16 MiB only spans of bytes are read, without its hash and lines', async () => {
      writeFileSync(local('huge'), 'begin\n');
      truncateSync(local('huge'), 16 * MIB + 1);
      expect(await one('huge', { from: 1, to: 1 })).toMatchObject({ ok: false, status: 413 });
      expect(await one('huge')).toMatchObject({ ok: false, status: 413 });
      const span = await one('huge', { offset: 1, bytes: 5 });
      expect(span).toMatchObject({ ok: true, text: 'egin\n', size: 16 * MIB + 1 });
      expect(span).not.toHaveProperty('sha256');
      expect(span).not.toHaveProperty('lines');
      expect(await one('huge', { offset: 16 * MIB + 2 })).toMatchObject({ status: 416 });
      expect(await one('huge', { offset: 0 })).toMatchObject({ status: 413 });
      // No less than what there is.
      expect(await one('huge', { offset: 16 * MIB, bytes: 100, encoding: 'base64' })).toMatchObject({ base64: 'AA==' });
    });

    const BODIES: readonly [string, unknown][] = [
      ['nothing', {}],
      ['no items', { items: [] }],
      ['101 items', { items: Array.from({ length: 101 }, () => ({ path: '/x' })) }],
      ['no path', { items: [{}] }],
      ['line 0', { items: [{ path: '/x', from: 0 }] }],
      ['half a line', { items: [{ path: '/x', from: 1.5 }] }],
      ['an offset below 0', { items: [{ path: '/x', offset: -1 }] }],
      ['an unknown encoding', { items: [{ path: '/x', encoding: 'latin1' }] }],
      ['a field that is none', { items: [{ path: '/x', form: 1 }] }],
    ];
    test.each(BODIES)('400: %s', async (_what, json) => {
      expect(await rig().ask('/files/read', { json })).toMatchObject({ status: 400 });
    });

    test('a key needs files:read, and reads in its roots alone', async () => {
      mkdirSync(local('mine'), { recursive: true });
      writeFileSync(local('mine/a'), 'a');
      writeFileSync(local('theirs'), 'b');
      const items = [{ path: native('mine/a') }, { path: native('theirs') }, { path: native('mine/../theirs') }];
      const other = await addKey(rig(), ['files:write', 'observe']);
      const refused = await rig().ask('/files/read', { json: { items }, key: other.key });
      expect(refused).toMatchObject({ status: 403, body: { scope: 'files:read' } });
      const { key } = await addKey(rig(), ['files:read'], { roots: [native('mine')] });
      const { body } = await rig().ask('/files/read', { json: { items }, key });
      expect(body).toMatchObject({ items: [{ ok: true, text: 'a' }, { status: 403 }, { status: 403 }] });
    });

    if (door.platform === 'posix')
      test('pipes and devices are not opened, links are followed in the roots, /proc is read to its end', async () => {
        expect(Bun.spawnSync({ cmd: ['mkfifo', local('pipe')] }).exitCode).toBe(0);
        mkdirSync(local('linked'), { recursive: true });
        symlinkSync('../first', local('linked/out'));
        symlinkSync('loop', local('linked/loop'));
        const items = [native('pipe'), '/dev/zero', '/dev/tty', native('linked/loop')].map((path) => ({ path }));
        expect((await read(items)).map((item) => !item.ok && item.status)).toEqual([409, 409, 409, 400]);
        expect(await one('linked/out')).toMatchObject({ ok: true, text: 'one\ntwo\n' });
        const { key } = await addKey(rig(), ['files:read'], { roots: [native('linked')] });
        const out = await rig().ask('/files/read', { json: { items: [{ path: native('linked/out') }] }, key });
        expect(out.body).toMatchObject({ items: [{ ok: false, status: 403 }] });
        if (process.platform !== 'linux') return process.stdout.write('no /proc on this system\n');
        const [status, memory] = await read([{ path: '/proc/self/status' }, { path: '/proc/self/mem' }]);
        expect(status).toMatchObject({ ok: true, size: expect.any(Number), sha256: expect.any(String) });
        expect(status?.ok === true && (status.lines ?? 0) > 10 && status.text?.endsWith('\n')).toBe(true);
        expect(memory).toMatchObject({ ok: false, status: 409, error: expect.stringContaining('(EIO)') });
      });
  });
}
