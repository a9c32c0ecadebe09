/** Machine 2: files that are written, appended to, made and deleted. */
import { describe, expect, test } from 'bun:test';
import {
  existsSync,
  linkSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { FileEntry } from '../../src/protocol/files.ts';
import type { Door } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';
import { filesWorld } from './files-world.ts';
import { notOnWindows } from './not-on-windows.ts';
import { addKey } from './suite-keys.ts';

const sha256 = (bytes: string | Uint8Array) => new Bun.CryptoHasher('sha256').update(bytes).digest('hex');
const digestOf = (bytes: string) => `sha-256=:${new Bun.CryptoHasher('sha256').update(bytes).digest('base64')}:`;

export function filesWriteSuite(door: Door): void {
  notOnWindows(door, 'files: writing', 'links and modes, which Windows has not or Wine breaks');
  describe('files: writing', () => {
    const { rig, isPosix, local, native, text, make, folder, at, send, put, versionOf, left } = filesWorld(door);

    test('PUT keeps the time that a copy has been given, to the millisecond, also in place', async () => {
      for (const query of ['', '&inPlace=1']) {
        const made = await put('timed', 'one', `&modifiedAt=1234567890.125${query}`);
        expect(made).toMatchObject({ body: { modifiedAt: 1234567890.125 } });
        expect(statSync(local('timed')).mtimeMs).toBe(1234567890125);
        expect((await put('timed', 'two', query)).body).not.toMatchObject({ modifiedAt: 1234567890.125 });
      }
      expect(await put('timed', 'three', '&modifiedAt=-1')).toMatchObject({ status: 400 });
      expect(await put('timed', 'three', '&modifiedAt=yesterday')).toMatchObject({ status: 400 });
      expect(text('timed')).toBe('two');
    });

    test('PUT makes a file, 201, and replaces it, 200, with the hash and the version of what is there now', async () => {
      const made = await put('put', 'one');
      expect(made).toMatchObject({ status: 201, body: { path: native('put'), size: 3, sha256: sha256('one') } });
      const { version } = made.body as FileEntry;
      expect(made.headers.get('etag')).toBe(`"${version}"`);
      expect(await versionOf('put')).toBe(version);
      expect(await put('put', 'two!')).toMatchObject({ status: 200, body: { size: 4, sha256: sha256('two!') } });
      expect(text('put')).toBe('two!');
      expect(await put('put', '')).toMatchObject({ status: 200, body: { size: 0, sha256: sha256('') } });
      expect(left()).toEqual([]);
    });

    test('bytes arrive as they are, many and of every value', async () => {
      const bytes = crypto.getRandomValues(new Uint8Array(65_536));
      const many = Buffer.concat(Array.from({ length: 48 }, () => bytes));
      expect(await put('many', many)).toMatchObject({ status: 201, body: { size: many.length, sha256: sha256(many) } });
      expect(sha256(readFileSync(local('many')))).toBe(sha256(many));
    });

    test('If-Match replaces that version alone, If-None-Match only what is not there', async () => {
      make('matched');
      const version = await versionOf('matched');
      expect(await put('matched', 'new', '', { 'if-match': '"other"' })).toMatchObject({
        status: 412,
        body: { version },
      });
      expect(await put('matched', 'new', '', { 'if-none-match': '*' })).toMatchObject({
        status: 412,
        body: { version },
      });
      expect(text('matched')).toBe('old');
      expect(await put('matched', 'new', '', { 'if-match': `"other", "${version}"` })).toMatchObject({ status: 200 });
      expect(await put('absent', 'new', '', { 'if-match': '*' })).toMatchObject({
        status: 412,
        body: { version: 'none' },
      });
      expect(existsSync(local('absent'))).toBe(false);
      expect(await put('fresh', 'new', '', { 'if-none-match': '*' })).toMatchObject({ status: 201 });
      expect(await put('fresh', 'x', '', { 'if-none-match': '"x"' })).toMatchObject({ status: 400 });
      expect(await put('fresh', 'x', '', { 'if-none-match': '*', 'if-match': '*' })).toMatchObject({ status: 400 });
      expect(left()).toEqual([]);
    });

    test('another digest is refused, and the old file stays', async () => {
      make('digest');
      const wrong = await put('digest', 'new', '', { 'content-digest': digestOf('other') });
      expect(wrong).toMatchObject({ status: 400, body: { error: expect.stringContaining('digest') } });
      for (const field of ['sha-256=:x:', 'md5=:AAAA:', ''])
        expect(await put('digest', 'new', '', { 'content-digest': field })).toMatchObject({ status: 400 });
      expect(text('digest')).toBe('old');
      // Of two the last one counts.
      const twice = `${digestOf('new')}, ${digestOf('other')}`;
      expect(await put('digest', 'new', '', { 'content-digest': twice })).toMatchObject({ status: 400 });
      expect(text('digest')).toBe('old');
      const right = await put('digest', 'new', '', { 'content-digest': `unixsum=:AAAA:, ${digestOf('new')}` });
      expect(right.status).toBe(200);
      expect(left()).toEqual([]);
    });

    test('a missing folder is 409, or made with mkdirs=1; what is no file is 409', async () => {
      make('file');
      folder('folder');
      expect(await put('x/y/z', 'new')).toMatchObject({ status: 409 });
      expect(await put('file/z', 'new', '&mkdirs=1')).toMatchObject({ status: 409 });
      for (const query of ['', '&inPlace=1'])
        expect(await put('folder', 'new', query)).toMatchObject({ status: 409, body: { error: 'is a directory' } });
      expect(await put('x/y/z', 'new', '&mkdirs=1')).toMatchObject({ status: 201 });
      expect(text('x/y/z')).toBe('new');
    });

    test('what is not valid is 400', async () => {
      for (const query of ['&mode=999', '&mode=8', '&mode=4755', '&mkdirs=2', '&inPlace=yes', '&other=1'])
        expect(await put('invalid', 'x', query)).toMatchObject({ status: 400 });
      expect(await send('PUT', '/files?path=relative', 'x')).toMatchObject({ status: 400 });
      expect(await send('PUT', '/files', 'x')).toMatchObject({ status: 400 });
      expect(await put('invalid', 'x', '', { 'content-encoding': 'gzip' })).toMatchObject({ status: 415 });
      expect(existsSync(local('invalid'))).toBe(false);
      expect(left()).toEqual([]);
    });

    test('inPlace=1 writes into the file that is there: a second name shows it', async () => {
      make('inode', 'old and long');
      linkSync(local('inode'), local('second'));
      expect(await put('inode', 'new', '&inPlace=1')).toMatchObject({
        status: 200,
        body: { size: 3, sha256: sha256('new') },
      });
      expect(text('second')).toBe('new');
      expect(await put('inode', 'replaced')).toMatchObject({ status: 200 });
      expect(text('second')).toBe('new');
      expect(await put('in-place-new', 'new', '&inPlace=1')).toMatchObject({ status: 201 });
      expect(await put('inode', 'x', '&inPlace=1', { 'if-match': '"other"' })).toMatchObject({ status: 412 });
      expect(text('inode')).toBe('replaced');
    });

    test('append goes on behind what is there, at the size that was named', async () => {
      make('log', 'one');
      const append = (name: string, body: string, query = '') => send('POST', at(name, query, '/files/append'), body);
      expect(await append('log', ' two')).toMatchObject({ status: 200, body: { size: 7 } });
      expect(await append('log', '!', '&at=7')).toMatchObject({ status: 200, body: { size: 8 } });
      expect(await append('log', '?', '&at=7')).toMatchObject({ status: 409, body: { size: 8 } });
      expect(text('log')).toBe('one two!');
      folder('log-folder');
      expect(await append('no-log', 'x')).toMatchObject({ status: 404 });
      expect(await append('log-folder', 'x')).toMatchObject({ status: 409 });
      expect(await append('log', 'x', '&at=-1')).toMatchObject({ status: 400 });
    });

    test('appends at once come one after the other, each whole', async () => {
      make('appended', '');
      const lines = Array.from({ length: 50 }, (_, number) => `${number}:${'x'.repeat(5000)}\n`);
      const answers = await Promise.all(lines.map((line) => send('POST', at('appended', '', '/files/append'), line)));
      expect(answers.every(({ status }) => status === 200)).toBe(true);
      expect(text('appended').split('\n').toSorted().join('')).toBe(
        lines
          .map((line) => line.trimEnd())
          .toSorted()
          .join(''),
      );
    });

    test('mkdir: 201 made, 200 was there with parents, else 409', async () => {
      const mkdir = (name: string, more: object = {}) =>
        rig().ask('/files/mkdir', { json: { path: native(name), ...more } });
      make('no-folder');
      expect(await mkdir('made')).toMatchObject({ status: 201, body: { type: 'directory', name: 'made' } });
      expect(await mkdir('made')).toMatchObject({ status: 409 });
      expect(await mkdir('made', { parents: true })).toMatchObject({ status: 200 });
      expect(await mkdir('a/b/c')).toMatchObject({ status: 409 });
      expect(await mkdir('a/b/c', { parents: true })).toMatchObject({ status: 201 });
      expect(await mkdir('no-folder', { parents: true })).toMatchObject({ status: 409 });
      expect(await mkdir('no-folder/x', { parents: true })).toMatchObject({ status: 409 });
      expect(await mkdir('bits', { mode: 'rwx' })).toMatchObject({ status: 400 });
      expect(await mkdir('bits', { other: 1 })).toMatchObject({ status: 400 });
      expect(statSync(local('a/b/c')).isDirectory()).toBe(true);
    });

    test('a key with roots writes in them alone, and keeps its root; one without files:write is told so', async () => {
      folder('mine');
      make('theirs');
      const { key } = await addKey(rig(), ['files:write'], { roots: [native('mine')] });
      const ask = (method: string, url: string, body?: string) =>
        rig().ask(url, { key, method, ...(body !== undefined && { body }) });
      expect(await ask('PUT', at('mine/a'), 'x')).toMatchObject({ status: 201 });
      expect(await ask('PUT', at('theirs'), 'x')).toMatchObject({ status: 403 });
      expect(await ask('PUT', at('mine/../theirs'), 'x')).toMatchObject({ status: 403 });
      expect(await ask('DELETE', at('theirs'))).toMatchObject({ status: 403 });
      expect(await ask('DELETE', at('mine', '&recursive=1'))).toMatchObject({ status: 403 });
      expect(await ask('POST', at('theirs', '', '/files/append'), 'x')).toMatchObject({ status: 403 });
      expect(await rig().ask('/files/mkdir', { key, json: { path: native('elsewhere') } })).toMatchObject({
        status: 403,
      });
      expect(text('theirs')).toBe('old');
      expect(readdirSync(local('mine'))).toEqual(['a']);
      const reader = await addKey(rig(), ['files:read']);
      const refused = await rig().ask(at('theirs'), { key: reader.key, method: 'DELETE' });
      expect(refused).toMatchObject({ status: 403, body: { scope: 'files:write' } });
    });

    test('less than --min-free-bytes is never left', async () => {
      await using full = await Rig.start(door, { flags: { 'min-free-bytes': '9007199254740991' } });
      writeFileSync(join(full.place.cwd, 'a'), 'old');
      const path = encodeURIComponent(door.nativePath(join(full.place.cwd, 'a')));
      const refused = { status: 507, body: { error: expect.stringContaining('--min-free-bytes') } };
      expect(await full.ask(`/files?path=${path}`, { method: 'PUT', body: 'new' })).toMatchObject(refused);
      expect(await full.ask(`/files?path=${path}&inPlace=1`, { method: 'PUT', body: 'new' })).toMatchObject(refused);
      expect(await full.ask(`/files/append?path=${path}`, { method: 'POST', body: 'new' })).toMatchObject(refused);
      expect(readFileSync(join(full.place.cwd, 'a'), 'utf8')).toBe('old');
    });

    if (!isPosix) return;

    test('a link is followed when it is written, and removed when it is deleted', async () => {
      folder('target');
      make('target/a');
      symlinkSync('target/a', local('to-file'));
      symlinkSync('target', local('to-folder'));
      expect(await put('to-file', 'new')).toMatchObject({ status: 200 });
      expect([readlinkSync(local('to-file')), text('target/a')]).toEqual(['target/a', 'new']);
      expect(await send('DELETE', at('to-file'))).toMatchObject({ status: 200, body: { deleted: 1 } });
      expect(await send('DELETE', at('to-folder', '&recursive=1'))).toMatchObject({
        status: 200,
        body: { deleted: 1 },
      });
      expect(readdirSync(local('target'))).toEqual(['a']);
      folder('holder');
      symlinkSync('../target', local('holder/out'));
      expect(await send('DELETE', at('holder', '&recursive=1'))).toMatchObject({ status: 200, body: { deleted: 2 } });
      expect(readdirSync(local('target'))).toEqual(['a']);
    });

    test('modes: kept, asked for, and of folders', async () => {
      make('program');
      expect(await put('program', 'new', '&mode=0755')).toMatchObject({ body: { mode: '0755' } });
      expect(await put('program', 'newer')).toMatchObject({ body: { mode: '0755' } });
      expect(await put('program', 'newest', '&mode=600&inPlace=1')).toMatchObject({ body: { mode: '0600' } });
      const made = await rig().ask('/files/mkdir', { json: { path: native('open'), mode: '0777' } });
      expect(made.body).toMatchObject({ mode: '0777' });
      expect(lstatSync(local('open')).mode & 0o777).toBe(0o777);
    });

    test('a file system that makes no files says so, and not that the folder is missing', async () => {
      if (!existsSync('/proc/self/comm')) return void process.stdout.write(`write, ${door.name}: no /proc\n`);
      const error = expect.stringContaining('makes no files');
      const asked = new URLSearchParams({ path: '/proc/self/comm' });
      expect(await send('PUT', `/files?${asked}`, 'x')).toMatchObject({ status: 409, body: { error } });
      const old = await (await rig().request(`/files?${asked}`)).text();
      const edit = { json: { edits: [{ old: old.trim(), new: 'another' }] }, method: 'PATCH' };
      expect(await rig().ask(`/files?${asked}`, edit)).toMatchObject({ status: 409, body: { error } });
      const begun = await rig().ask('/files/uploads', { json: { path: '/proc/self/comm', size: 1 } });
      expect(begun).toMatchObject({ status: 409, body: { error } });
    });

    test('a file of /proc takes what it takes: it is on no disk to sync it to', async () => {
      const path = '/proc/self/coredump_filter';
      if (!existsSync(path)) return void process.stdout.write(`write, ${door.name}: no /proc\n`);
      const file = `/files?path=${encodeURIComponent(path)}`;
      const old = await (await rig().request(file)).text();
      expect(await send('PUT', `${file}&inPlace=1`, `0x${old}`)).toMatchObject({ status: 200 });
      expect(await send('PUT', `${file}&inPlace=1`, 'none')).toMatchObject({
        status: 409,
        body: { error: 'the system does not let it be written (EINVAL)' },
      });
      expect(await (await rig().request(file)).text()).toBe(old);
    });

    test('a pipe is not written', async () => {
      expect(Bun.spawnSync(['mkfifo', local('pipe')]).exitCode).toBe(0);
      expect(await put('pipe', 'x')).toMatchObject({ status: 409 });
      expect(await put('pipe', 'x', '&inPlace=1')).toMatchObject({ status: 409 });
      expect(await send('POST', at('pipe', '', '/files/append'), 'x')).toMatchObject({ status: 409 });
    });
  });
}
