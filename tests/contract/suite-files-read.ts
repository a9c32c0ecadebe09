/** Machine 2: the bytes of files. */
import { describe, expect, test } from 'bun:test';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { FileEntry } from '../../src/protocol/files.ts';
import type { Door } from '../support/doors.ts';
import { waitFor } from '../support/wait.ts';
import { notOnWindows } from './not-on-windows.ts';
import { sharedRig } from './shared-rig.ts';
import { addKey } from './suite-keys.ts';

/** Each byte says where it is, so that a wrong span shows. */
const patterned = (length: number) => Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 8)) & 0xff);

export function filesReadSuite(door: Door): void {
  notOnWindows(
    door,
    'files: reading',
    'links, pipes, /proc and open descriptors, which Windows has not or Wine breaks',
  );
  describe('files: reading', () => {
    const rig = sharedRig(door);
    const local = (name: string) => join(rig().place.cwd, name);
    const at = (name: string, query = '') => `/files?path=${encodeURIComponent(door.nativePath(local(name)))}${query}`;
    const read = (name: string, headers: Readonly<Record<string, string>> = {}, init: RequestInit = {}) =>
      rig().request(at(name), { ...init, headers });
    const versionOf = async (name: string) =>
      (await rig().get<FileEntry>(`/files/stat?path=${encodeURIComponent(door.nativePath(local(name)))}`)).version;

    test('all of it, with its version, its type by name, and nothing that a browser would run', async () => {
      writeFileSync(local('page.html'), '<script>alert(1)</script>');
      const answer = await read('page.html');
      expect(answer.status).toBe(200);
      expect(await answer.text()).toBe('<script>alert(1)</script>');
      expect(answer.headers.get('etag')).toBe(`"${await versionOf('page.html')}"`);
      expect(answer.headers.get('content-type')).toStartWith('text/html');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('content-security-policy')).toBe('sandbox');
      expect(answer.headers.get('accept-ranges')).toBe('bytes');
      expect(Date.parse(answer.headers.get('last-modified') ?? '')).toBeGreaterThan(0);
      expect(answer.headers.get('content-disposition')).toBeNull();
    });

    test('download=1 names it', async () => {
      writeFileSync(local("it's ü.txt"), 'x');
      const answer = await rig().request(at("it's ü.txt", '&download=1'));
      expect(answer.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''it%27s%20%C3%BC.txt");
    });

    const SIZES = [1, 1000, 1024 * 1024, 1024 * 1024 + 1, 3_000_000];
    test.each(SIZES)('%i bytes come as they are, and HEAD says how many', async (size) => {
      const bytes = patterned(size);
      writeFileSync(local('sized'), bytes);
      expect(Buffer.from(await (await read('sized')).arrayBuffer()).equals(bytes)).toBe(true);
      const head = await read('sized', {}, { method: 'HEAD' });
      expect([head.headers.get('content-length'), await head.text()]).toEqual([String(size), '']);
    });

    test('a range, also of more than a mebibyte; beyond the end 416', async () => {
      const bytes = patterned(3_000_000);
      writeFileSync(local('ranged'), bytes);
      for (const [range, from, to] of [
        ['bytes=0-0', 0, 1],
        ['bytes=10-1999999', 10, 2_000_000],
        ['bytes=2999990-', 2_999_990, 3_000_000],
        ['bytes=-5', 2_999_995, 3_000_000],
      ] as const) {
        const answer = await read('ranged', { range });
        expect([answer.status, answer.headers.get('content-range')]).toEqual([206, `bytes ${from}-${to - 1}/3000000`]);
        expect(Buffer.from(await answer.arrayBuffer()).equals(bytes.subarray(from, to))).toBe(true);
      }
      const beyond = await read('ranged', { range: 'bytes=3000000-' });
      expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */3000000']);
    });

    test('versions: If-Range, If-None-Match and If-Match', async () => {
      writeFileSync(local('versioned'), 'first');
      const version = await versionOf('versioned');
      const etag = `"${version}"`;
      expect((await read('versioned', { range: 'bytes=1-2', 'if-range': etag })).status).toBe(206);
      const unchanged = await read('versioned', { 'if-none-match': `"other", W/${etag}` });
      expect([unchanged.status, await unchanged.text(), unchanged.headers.get('etag')]).toEqual([304, '', etag]);
      expect((await read('versioned', { 'if-match': etag })).status).toBe(200);
      expect((await read('versioned', { 'if-match': `W/${etag}` })).status).toBe(412);
      writeFileSync(local('versioned'), 'second');
      const whole = await read('versioned', { range: 'bytes=1-2', 'if-range': etag });
      expect([whole.status, await whole.text()]).toEqual([200, 'second']);
      expect((await read('versioned', { 'if-none-match': etag })).status).toBe(200);
      const stale = await read('versioned', { 'if-match': etag });
      expect(stale.status).toBe(412);
      expect((await stale.json()) as unknown).toMatchObject({ version: await versionOf('versioned') });
    });

    test('an empty file is empty, a folder is none, nothing is 404, and roots hold', async () => {
      writeFileSync(local('empty'), '');
      const empty = await read('empty', { range: 'bytes=0-' });
      expect([empty.status, await empty.text()]).toEqual([200, '']);
      mkdirSync(local('folder'), { recursive: true });
      expect(await rig().ask(at('folder'))).toMatchObject({ status: 409, body: { error: 'is a directory' } });
      expect(await rig().ask(at('absent'))).toMatchObject({ status: 404 });
      const { key } = await addKey(rig(), ['files:read'], { roots: [door.nativePath(local('folder'))] });
      expect(await rig().ask(at('empty'), { key })).toMatchObject({ status: 403 });
    });

    if (door.platform === 'posix') {
      test('a pipe is refused at once, links are followed in the roots, and /proc is read to its end', async () => {
        expect(Bun.spawnSync({ cmd: ['mkfifo', local('pipe')] }).exitCode).toBe(0);
        expect(await rig().ask(at('pipe'))).toMatchObject({ status: 409 });
        expect(await rig().ask('/files?path=%2Fdev%2Fzero')).toMatchObject({ status: 409 });
        writeFileSync(local('target'), 'found');
        symlinkSync('target', local('link'));
        expect(await (await read('link')).text()).toBe('found');
        mkdirSync(local('root'), { recursive: true });
        symlinkSync('../target', local('root/out'));
        const { key } = await addKey(rig(), ['files:read'], { roots: [local('root')] });
        expect(await rig().ask(at('root/out'), { key })).toMatchObject({ status: 403 });
        if (process.platform !== 'linux') return process.stdout.write('no /proc on this system\n');
        const status = await rig().request('/files?path=%2Fproc%2Fself%2Fstatus', { headers: { range: 'bytes=0-3' } });
        expect([status.status, (await status.text()).split('\n').length > 10]).toEqual([200, true]);
        const head = await rig().request('/files?path=%2Fproc%2Fself%2Fstatus', { method: 'HEAD' });
        expect([head.status, head.headers.get('content-length')]).toEqual([200, null]);
      });

      test('a file of /sys, which says that it has the bytes of a page, is read to its end', async () => {
        const path = '/sys/class/net/lo/mtu';
        if (!existsSync(path)) return process.stdout.write('no /sys on this system\n');
        const file = `/files?path=${encodeURIComponent(path)}`;
        const whole = await rig().request(file, { headers: { range: 'bytes=0-1' } });
        expect([whole.status, await whole.text()]).toEqual([200, readFileSync(path, 'utf8')]);
        const head = await rig().request(file, { method: 'HEAD' });
        expect([head.status, head.headers.get('content-length')]).toEqual([200, null]);
        const items = [{ path }];
        const { body } = await rig().ask('/files/read', { json: { items } });
        expect(body).toMatchObject({ items: [{ ok: true, text: readFileSync(path, 'utf8') }] });
        writeFileSync(local('sparse'), '');
        truncateSync(local('sparse'), 10_000);
        expect((await (await read('sparse')).bytes()).length).toBe(10_000);
      });

      test('what the system does not let be read is a refusal, and no failure of what else was asked for', async () => {
        if (!existsSync('/proc/self/mem')) return process.stdout.write('no /proc on this system\n');
        const hashed = await rig().ask('/files/stat?path=/proc/self/mem&hash=sha256');
        expect(hashed).toMatchObject({ status: 409, body: { error: expect.stringContaining('(EIO)') } });
        const listed = await rig().ask('/files/list?path=/proc/self&hash=sha256&include=mem');
        expect(listed).toMatchObject({ status: 200, body: { items: [{ name: 'mem' }] } });
      });

      test('no environment and no memory of a process is read with another key than the inherited one', async () => {
        if (process.platform !== 'linux') return process.stdout.write('no /proc on this system\n');
        const { key } = await addKey(rig(), ['files:read']);
        const ask = (path: string, given?: string) =>
          rig().request(`/files?path=${encodeURIComponent(path)}`, given === undefined ? {} : { key: given });
        const pid = door.mortal ? rig().process.pid : process.pid;
        // A thread is found by its number, as if it were a process, though no listing has it.
        const threads = readdirSync(`/proc/${pid}/task`)
          .slice(0, 3)
          .map((thread) => `/proc/${thread}/environ`);
        for (const path of [
          '/proc/self/environ',
          '/proc/thread-self/environ',
          '/proc/self/root/proc/self/environ',
          `/proc/${pid}/task/${pid}/environ`,
          ...threads,
          '/proc/self/mem',
          '/proc/1/environ',
        ])
          expect([path, (await ask(path, key)).status]).toEqual([path, 403]);
        expect((await ask('/proc/self/status', key)).status).toBe(200);
        expect((await ask('/proc/self/environ')).status).toBe(200);
        const search = { path: `/proc/${pid}`, text: 'HOME', name: 'environ', ignore: 'none' };
        const found = await rig().request('/files/search', { key, json: search });
        expect(await found.text()).toStartWith('{"done":true,"matches":0,');
      });
    }

    if (door.platform === 'posix' && process.platform === 'linux')
      test('readers that leave in the middle leave no file open', async () => {
        const path = local('large');
        writeFileSync(path, patterned(8_000_000));
        const pid = door.mortal ? rig().process.pid : process.pid;
        const open = () =>
          readdirSync(`/proc/${pid}/fd`).filter((fd) => linkAt(`/proc/${pid}/fd/${fd}`) === path).length;
        for (let round = 0; round < 10; round += 1) {
          const abort = new AbortController();
          const answer = await read('large', {}, { signal: abort.signal });
          const reader = answer.body?.getReader();
          expect((await reader?.read())?.done).toBe(false);
          // A server with a port hears of it by the connection, one without by the stream.
          if (door.mortal) abort.abort();
          else await reader?.cancel();
        }
        await waitFor('no open file', () => open() === 0 || undefined);
        Bun.gc(true);
        expect((await read('large', { range: 'bytes=0-0' })).status).toBe(206);
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
