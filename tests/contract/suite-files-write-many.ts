/** Machine 2: many small files written in one request. */
import { describe, expect, test } from 'bun:test';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { FileEntry } from '../../src/protocol/files.ts';
import type { FilesWriteRequest, FilesWritten } from '../../src/protocol/files/write-many.ts';
import type { Door } from '../support/doors.ts';
import { notOnWindows } from './not-on-windows.ts';
import { sharedRig } from './shared-rig.ts';
import { addKey } from './suite-keys.ts';

const MIB = 1024 * 1024;
const sha256Of = (text: string) => new Bun.CryptoHasher('sha256').update(text).digest('hex');

export function filesWriteManySuite(door: Door): void {
  notOnWindows(door, 'files: writing many', 'modes, links, pipes and devices, which Windows has not or Wine breaks');
  describe('files: writing many', () => {
    const rig = sharedRig(door);
    const local = (name: string) => join(rig().place.cwd, name);
    const native = (name: string) => door.nativePath(local(name));
    type Item = FilesWriteRequest['items'][number];
    const item = (name: string, rest: Omit<Item, 'path'>): Item => ({ path: native(name), ...rest });
    const write = async (items: readonly Item[]) => (await rig().post<FilesWritten>('/files/write', { items })).items;
    const atomic = (items: readonly Item[]) => rig().ask('/files/write', { json: { items, atomic: true } });
    const statuses = (body: unknown) =>
      (body as FilesWritten).items.map((one) => (one.ok ? 'ok' : `${one.status} ${one.error}`));
    const content = (name: string) => readFileSync(local(name), 'utf8');
    const versionOf = async (name: string) =>
      (await rig().get<FileEntry>(`/files/stat?path=${encodeURIComponent(native(name))}`)).version;
    const left = () =>
      readdirSync(rig().place.cwd, { recursive: true }).filter((name) => String(name).endsWith('.agent-server'));

    test('text and bytes are written, made or replaced, each item on its own', async () => {
      writeFileSync(local('old'), 'old');
      const items = await write([
        item('new', { text: 'ü\n\0' }),
        item('old', { base64: '/wA=' }),
        item('no/such/folder', { text: 'x' }),
        item('made/on/the/way', { text: '', mkdirs: true }),
        item('new', { text: 'again' }),
      ]);
      expect(items).toMatchObject([
        { path: native('new'), ok: true, made: true, size: 4, sha256: sha256Of('ü\n\0') },
        { ok: true, made: false, size: 2 },
        { ok: false, status: 409, error: 'there is no such folder to put it in' },
        { ok: true, made: true, size: 0 },
        { ok: true, made: false, sha256: sha256Of('again'), version: await versionOf('new') },
      ]);
      expect([content('new'), content('made/on/the/way')]).toEqual(['again', '']);
      expect([...readFileSync(local('old'))]).toEqual([0xff, 0]);
      expect(left()).toEqual([]);
    });

    test('an item says what must be there: a hash, a version, or nothing', async () => {
      writeFileSync(local('there'), 'there');
      const version = await versionOf('there');
      const refused = await write([
        item('there', { text: 'x', version: 'none' }),
        item('there', { text: 'x', version: '1-2-3-4' }),
        item('there', { text: 'x', sha256: sha256Of('other') }),
        item('absent', { text: 'x', version }),
        item('absent', { text: 'x', sha256: sha256Of('there') }),
      ]);
      expect(refused).toMatchObject([
        { ok: false, status: 412, version },
        { ok: false, status: 412, version },
        { ok: false, status: 412, version, sha256: sha256Of('there') },
        { ok: false, status: 412, error: 'there is no such file' },
        { ok: false, status: 412, error: 'there is no such file' },
      ]);
      expect(refused[3]).not.toHaveProperty('version');
      expect([content('there'), existsSync(local('absent'))]).toEqual(['there', false]);
      const taken = await write([
        item('there', { text: '1', sha256: sha256Of('there').toUpperCase() }),
        item('absent', { text: '2', version: 'none' }),
      ]);
      expect(taken).toMatchObject([
        { ok: true, made: false },
        { ok: true, made: true },
      ]);
      const again = await write([item('there', { text: '3', version: await versionOf('there') })]);
      expect(again).toMatchObject([{ ok: true }]);
      expect([content('there'), content('absent')]).toEqual(['3', '2']);
    });

    test('atomic: all are written, or none and the others say why', async () => {
      for (const name of ['a', 'b']) writeFileSync(local(name), `old ${name}`);
      const good = [item('a', { text: 'new a', sha256: sha256Of('old a') }), item('c', { text: 'c', version: 'none' })];
      const because = '424 not written, because another item is refused';
      const none = { status: 409, body: { error: 'one of the items is refused: none is written' } };
      const REFUSED: readonly [Item, string][] = [
        [item('b', { text: 'x', version: 'none' }), '412 the file has another version'],
        [item('b', { text: 'x', sha256: sha256Of('') }), '412 the file has another content'],
        [item('gone/b', { text: 'x' }), '409 there is no such folder to put it in'],
        [item('b', { text: 'x', base64: '' }), '400 give text or base64, one of them'],
        [item('b', { base64: '*' }), '400 base64 must be base64, with its padding'],
        [item('b', { text: 'x', sha256: sha256Of(''), version: 'none' }), '400 give sha256 or version, not both'],
        [{ path: 'relative', text: 'x' }, '400 path must be absolute'],
        [item('a', { text: 'x' }), '400 another item is about the same file'],
        [{ path: `${native('a').slice(0, -1)}./a`, text: 'x' }, '400 another item is about the same file'],
      ];
      for (const [bad, why] of REFUSED) {
        const answer = await atomic([...good, bad]);
        expect(answer).toMatchObject(none);
        expect(statuses(answer.body)).toEqual([because, because, why]);
        expect([content('a'), content('b'), existsSync(local('c'))]).toEqual(['old a', 'old b', false]);
      }
      const done = await atomic(good);
      expect([done.status, ...statuses(done.body)]).toEqual([200, 'ok', 'ok']);
      expect([content('a'), content('c'), ...left()]).toEqual(['new a', 'c']);
    });

    test('atomic: two names in other letter case are one file where the system takes them for one', async () => {
      const folds = door.platform === 'windows';
      for (const isThere of [false, true]) {
        if (isThere && folds) writeFileSync(local('case'), 'old');
        const { status, body } = await atomic([item('case', { text: 'small' }), item('CASE', { text: 'large' })]);
        expect([status, statuses(body).at(-1)]).toEqual(
          folds ? [409, '400 another item is about the same file'] : [200, 'ok'],
        );
        if (!folds) expect([content('case'), content('CASE')]).toEqual(['small', 'large']);
      }
      if (folds) return;
      // Two names of one file that differ otherwise.
      linkSync(local('case'), local('second'));
      expect((await atomic([item('case', { text: '1' }), item('second', { text: '2' })])).status).toBe(200);
      expect([content('case'), content('second')]).toEqual(['1', '2']);
    });

    test('of two atomic requests about the same versions one wins whole, whatever their order', async () => {
      for (const name of ['p', 'q']) writeFileSync(local(name), 'old');
      const sha256 = sha256Of('old');
      const raced = await Promise.all(
        Array.from({ length: 6 }, (_, n) => {
          const items = ['p', 'q'].map((name) => item(name, { text: `${n}`, sha256 }));
          return atomic(n % 2 === 0 ? items : items.toReversed());
        }),
      );
      expect(raced.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, ...Array(5).fill(409)]);
      const winner = String(raced.findIndex(({ status }) => status === 200));
      expect([content('p'), content('q')]).toEqual([winner, winner]);
      expect(left()).toEqual([]);
    });

    test('all contents together have 8 MiB at most, also as base64', async () => {
      const half = Buffer.alloc(4 * MIB, 'x');
      const fits = await write([
        item('half-1', { base64: half.toString('base64') }),
        item('half-2', { base64: half.toString('base64') }),
      ]);
      expect(fits).toMatchObject([{ ok: true, size: 4 * MIB }, { ok: true }]);
      const items = [item('half-1', { text: 'x' }), item('more', { text: 'x'.repeat(8 * MIB) })];
      expect(await rig().ask('/files/write', { json: { items } })).toMatchObject({ status: 413 });
      const body = JSON.stringify({ items: [item('more', { text: 'x'.repeat(12 * MIB) })] });
      const headers = { 'content-type': 'application/json' };
      expect(await rig().ask('/files/write', { method: 'POST', body, headers })).toMatchObject({ status: 413 });
      expect([statSync(local('half-1')).size, existsSync(local('more'))]).toEqual([4 * MIB, false]);
    });

    const BODIES: readonly [string, unknown][] = [
      ['nothing', {}],
      ['no items', { items: [] }],
      ['101 items', { items: Array.from({ length: 101 }, () => ({ path: '/x', text: '' })) }],
      ['no path', { items: [{ text: '' }] }],
      ['a mode that is none', { items: [{ path: '/x', text: '', mode: '999' }] }],
      ['a mode with more rights', { items: [{ path: '/x', text: '', mode: '4755' }] }],
      ['a hash that is none', { items: [{ path: '/x', text: '', sha256: 'none' }] }],
      ['a field that is none', { items: [{ path: '/x', text: '', mkdir: true }] }],
      ['a lone surrogate', { items: [{ path: '/x', text: '\udc00' }] }],
    ];
    test.each(BODIES)('400: %s', async (_what, json) => {
      expect(await rig().ask('/files/write', { json })).toMatchObject({ status: 400 });
    });

    test('a key needs files:write and keeps to its roots, and some places are never overwritten', async () => {
      mkdirSync(local('mine'), { recursive: true });
      const items = [
        item('mine/a', { text: 'a' }),
        item('theirs', { text: 'b' }),
        item('mine/../theirs', { text: 'b' }),
      ];
      const reader = await addKey(rig(), ['files:read', 'observe']);
      const refused = await rig().ask('/files/write', { json: { items }, key: reader.key });
      expect(refused).toMatchObject({ status: 403, body: { scope: 'files:write' } });
      const { key } = await addKey(rig(), ['files:write'], { roots: [native('mine')] });
      const outside = '403 outside of the roots';
      const { body } = await rig().ask('/files/write', { json: { items }, key });
      expect(statuses(body)).toEqual(['ok', outside, outside]);
      const both = await rig().ask('/files/write', { json: { items, atomic: true }, key });
      expect(both.status).toBe(409);
      expect([existsSync(local('mine/a')), existsSync(local('theirs'))]).toEqual([true, false]);
      mkdirSync(local('folder'), { recursive: true });
      const data = door.nativePath(rig().place.data);
      const kept = await write([{ path: data, text: 'x' }, item('folder', { text: 'x' })]);
      expect(kept).toMatchObject([{ status: 403 }, { status: 409, error: 'is a directory' }]);
    });

    if (door.platform === 'posix')
      test('modes are set, links stay links, and pipes and devices are not written', async () => {
        expect(Bun.spawnSync({ cmd: ['mkfifo', local('pipe')] }).exitCode).toBe(0);
        writeFileSync(local('target'), 'old');
        symlinkSync('target', local('link'));
        symlinkSync('not-yet', local('dangling'));
        mkdirSync(local('cage'), { recursive: true });
        symlinkSync('../target', local('cage/out'));
        const items = await write([
          item('script', { text: '#!/bin/sh\n', mode: '0755' }),
          item('link', { text: 'new' }),
          item('dangling', { text: 'made' }),
          item('pipe', { text: 'x' }),
          { path: '/dev/null', text: 'x' },
        ]);
        expect(items.map((one) => (one.ok ? 'ok' : one.status))).toEqual(['ok', 'ok', 'ok', 409, 409]);
        expect(statSync(local('script')).mode & 0o7777).toBe(0o755);
        expect([content('target'), content('not-yet')]).toEqual(['new', 'made']);
        const { key } = await addKey(rig(), ['files:write'], { roots: [native('cage')] });
        const out = await rig().ask('/files/write', { json: { items: [item('cage/out', { text: 'x' })] }, key });
        expect(statuses(out.body)).toEqual(['403 outside of the roots']);
        expect(content('target')).toBe('new');
      });
  });
}
