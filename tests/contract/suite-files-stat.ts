/** Machine 1 and 2: which paths there are, who may use them, and what is said of a file. */
import { describe, expect, test } from 'bun:test';
import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileEntry, FileStats } from '../../src/protocol/files.ts';
import type { Door } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';
import { sharedRig } from './shared-rig.ts';
import { addKey } from './suite-keys.ts';

export function filesStatSuite(door: Door): void {
  describe('files: paths and stat', () => {
    const rig = sharedRig(door);
    const native = (path: string) => door.nativePath(join(rig().place.cwd, path));
    const write = (path: string, text: string) => writeFileSync(join(rig().place.cwd, path), text);
    const asked = (path: string, query = '') => `/files/stat?path=${encodeURIComponent(path)}${query}`;
    const ask = (path: string, query = '', key?: string) =>
      rig().ask(asked(path, query), key === undefined ? {} : { key });

    test('a file has its type, size, mode, times and version, which another content changes', async () => {
      write('one.txt', 'hello');
      const entry = await rig().get<FileEntry>(asked(native('one.txt')));
      expect(entry).toMatchObject({
        path: native('one.txt'),
        name: 'one.txt',
        type: 'file',
        size: 5,
        hidden: false,
        readonly: false,
      });
      expect(entry.version).toMatch(/^[\da-f]+(-[\da-f]+){3}$/);
      expect(await rig().get<FileEntry>(asked(native('one.txt')))).toEqual(entry);
      write('one.txt', 'hello!');
      expect((await rig().get<FileEntry>(asked(native('one.txt')))).version).not.toBe(entry.version);
      expect(Math.abs(entry.modifiedAt - Date.now() / 1000)).toBeLessThan(3600);
      // Not every file system notes it.
      const { birthtimeMs } = statSync(join(rig().place.cwd, 'one.txt'));
      if (birthtimeMs > 0) expect(Math.abs((entry.createdAt ?? 0) - birthtimeMs / 1000)).toBeLessThan(3600);
      else expect(entry.createdAt).toBeNull();
    });

    test('hash=sha256 reads a file; a folder has none', async () => {
      write('hashed', 'abc');
      // FIPS 180-2, appendix B.1.
      const sha256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
      expect(await rig().get<FileEntry>(asked(native('hashed'), '&hash=sha256'))).toMatchObject({ sha256 });
      const folder = await rig().get<FileEntry>(asked(door.nativePath(rig().place.cwd), '&hash=sha256'));
      expect([folder.type, folder.sha256]).toEqual(['directory', undefined]);
    });

    test('HEAD answers as GET does, without the entry', async () => {
      write('head', 'x');
      const answer = await rig().request(asked(native('head')), { method: 'HEAD' });
      expect([answer.status, await answer.text()]).toEqual([200, '']);
      expect((await rig().request(asked(native('no-head')), { method: 'HEAD' })).status).toBe(404);
    });

    test('POST has an item for each path, also for one that is refused', async () => {
      write('many', 'x');
      const { items } = await rig().post<FileStats>('/files/stat', {
        paths: [native('many'), native('absent'), 'relative'],
      });
      expect(items).toMatchObject([
        { ok: true, entry: { name: 'many', size: 1 } },
        { ok: false, status: 404 },
        { ok: false, status: 400, error: 'path must be absolute' },
      ]);
      for (const body of [
        { paths: [] },
        { paths: 'x' },
        { paths: ['/x'], other: 1 },
        { paths: Array(1001).fill('/x') },
      ])
        expect(await rig().ask('/files/stat', { json: body })).toMatchObject({ status: 400 });
    });

    const INVALID: readonly [string, string, number][] = [
      ['nothing', '', 400],
      ['an empty path', 'path=', 400],
      ['a relative one', 'path=a%2Fb', 400],
      ['one that begins with ~', 'path=~%2Fx', 400],
      ['NUL', 'path=%2Fa%00b', 400],
      ['follow that is neither 0 nor 1', 'path=%2F&follow=2', 400],
      ['a parameter that is none', 'path=%2F&folow=1', 400],
      ['pathBytes that are no base64', 'pathBytes=*', 400],
      ['both', 'path=%2F&pathBytes=Lw%3D%3D', 400],
      ['a URL', 'path=file%3A%2F%2F%2Fetc%2Fpasswd', 400],
    ];
    test.each(INVALID)('refused: %s', async (_what, query, status) => {
      const answer = await rig().ask(`/files/stat?${query}`);
      expect([answer.status, typeof (answer.body as { error: unknown }).error]).toEqual([status, 'string']);
    });

    test('a path of more than 32767 characters is refused', async () => {
      const { items } = await rig().post<FileStats>('/files/stat', { paths: [native('x'.repeat(33_000))] });
      expect(items).toMatchObject([{ ok: false, status: 400 }]);
    });

    test('a key without files:read is refused, and told what it lacks', async () => {
      const { key } = await addKey(rig(), ['observe']);
      expect(await ask(native('x'), '', key)).toMatchObject({ status: 403, body: { scope: 'files:read' } });
    });

    test('a key with roots uses what is in them alone, and a name that begins alike is not in them', async () => {
      for (const folder of ['inside', 'inside-not', 'inside/deep'])
        mkdirSync(join(rig().place.cwd, folder), { recursive: true });
      write('inside/deep/a', 'x');
      write('inside-not/b', 'x');
      const { key } = await addKey(rig(), ['files:read'], { roots: [native('inside')] });
      const outside = { status: 403, body: { error: 'outside of the roots' } };
      expect(await ask(native('inside'), '', key)).toMatchObject({ status: 200 });
      expect(await ask(native('inside/deep/a'), '', key)).toMatchObject({ status: 200 });
      expect(await ask(native('inside/absent/a'), '', key)).toMatchObject({ status: 404 });
      expect(await ask(native('inside-not/b'), '', key)).toMatchObject(outside);
      // Whether there is something outside is not told.
      expect(await ask(native('absent'), '', key)).toMatchObject(outside);
      expect(await ask(`${native('inside')}/deep/../../inside-not/b`, '', key)).toMatchObject(outside);
      expect(await ask(door.nativePath(rig().place.cwd), '', key)).toMatchObject(outside);
      expect(await ask(native('inside-not/b'))).toMatchObject({ status: 200 });
    });

    test('--roots holds for every key, the first one too, and a key with roots of its own is in both', async () => {
      await using bound = await Rig.start(door, { flags: { roots: 'shared,other' } });
      for (const folder of ['shared', 'shared/mine', 'other', 'third'])
        mkdirSync(join(bound.place.cwd, folder), { recursive: true });
      const at = (path: string) => asked(door.nativePath(join(bound.place.cwd, path)));
      const { key } = await addKey(bound, ['files:read'], {
        roots: ['shared/mine', 'third'].map((path) => door.nativePath(join(bound.place.cwd, path))),
      });
      const statuses = async (asker: string) =>
        Promise.all(
          ['shared', 'shared/mine', 'other', 'third', '.'].map(
            async (path) => (await bound.ask(at(path), { key: asker })).status,
          ),
        );
      expect(await statuses(bound.key)).toEqual([200, 200, 200, 403, 403]);
      expect(await statuses(key)).toEqual([403, 200, 403, 403, 403]);
    });

    test('the data folder and the key file are for the first key alone', async () => {
      const { key } = await addKey(rig(), ['admin']);
      const data = door.nativePath(rig().place.data);
      expect(await ask(data)).toMatchObject({ status: 200 });
      expect(await ask(data, '', key)).toMatchObject({ status: 403 });
      expect(await ask(`${data}/keys.json`, '', key)).toMatchObject({ status: 403 });
      expect(await ask(native('.'), '', key)).toMatchObject({ status: 200 });
    });

    if (door.platform === 'windows') windowsStories();
    else posixStories();

    function posixStories() {
      test('a link is told as one; followed, it must stay in the roots', async () => {
        mkdirSync(join(rig().place.cwd, 'linked'), { recursive: true });
        write('linked/real', 'x');
        write('secret', 'x');
        for (const [target, name] of [
          ['real', 'in'],
          ['../secret', 'out'],
          ['..', 'up'],
          ['nowhere', 'dangling'],
          ['loop', 'loop'],
        ] as const)
          symlinkSync(target, join(rig().place.cwd, 'linked', name));
        const { key } = await addKey(rig(), ['files:read'], { roots: [native('linked')] });
        const body = async (name: string, query = '') => (await ask(native(`linked/${name}`), query, key)).body;
        expect(await body('in')).toMatchObject({ type: 'symlink', target: 'real', targetType: 'file' });
        expect(await body('in', '&follow=1')).toMatchObject({ type: 'file', name: 'in' });
        expect(await body('out')).toMatchObject({ type: 'symlink', target: '../secret' });
        expect(await body('out')).not.toHaveProperty('targetType');
        expect(await body('dangling')).not.toHaveProperty('targetType');
        const status = async (name: string, query = '') => (await ask(native(`linked/${name}`), query, key)).status;
        expect(await status('out', '&follow=1')).toBe(403);
        expect(await status('up/secret')).toBe(403);
        expect(await status('up/linked/real')).toBe(200);
        expect(await status('dangling', '&follow=1')).toBe(404);
        expect(await status('loop')).toBe(200);
        expect(await status('loop', '&follow=1')).toBe(400);
        expect(await status('loop/x')).toBe(400);
        expect(await status('real/x')).toBe(404);
      });

      test('a name that is no UTF-8 has nameBytes, and pathBytes reaches it', async () => {
        const path = Buffer.concat([Buffer.from(join(rig().place.cwd, 'n')), Buffer.from([0xff, 0xe9])]);
        writeFileSync(path, 'bytes');
        const entry = await rig().get<FileEntry>(
          `/files/stat?pathBytes=${encodeURIComponent(path.toString('base64'))}&hash=sha256`,
        );
        expect(entry).toMatchObject({ name: 'n��', nameBytes: 'bv/p', size: 5 });
        expect(entry.sha256).toBeDefined();
        expect(await ask(`${native('n')}��`)).toMatchObject({ status: 404 });
      });

      test('a pipe and a device are told, and never opened', async () => {
        const made = Bun.spawnSync({ cmd: ['mkfifo', join(rig().place.cwd, 'pipe')] });
        expect(made.exitCode).toBe(0);
        expect((await ask(native('pipe'), '&hash=sha256')).body).toMatchObject({ type: 'other' });
        expect((await ask('/dev/null', '&hash=sha256')).body).toMatchObject({ type: 'other' });
      });

      test('/proc/self/root is another name of the same places', async () => {
        if (process.platform !== 'linux') return process.stdout.write('no /proc on this system\n');
        const { key } = await addKey(rig(), ['files:read'], { roots: [native('.')] });
        write('spelled', 'x');
        expect(await ask('/proc/self/root/etc/passwd', '', key)).toMatchObject({ status: 403 });
        expect(await ask(`/proc/self/root${native('spelled')}`, '', key)).toMatchObject({ status: 200 });
        const admin = await addKey(rig(), ['admin']);
        expect(await ask(`/proc/self/root${rig().place.data}`, '', admin.key)).toMatchObject({ status: 403 });
      });
    }

    function windowsStories() {
      const REFUSED = [
        '\\\\?\\C:\\x',
        '\\\\.\\C:',
        '\\\\host\\share',
        'C:\\a:b',
        'C:\\NUL',
        'C:\\COM1.txt',
        'C:\\a.',
        'C:\\a ',
      ];
      test.each(REFUSED)('refused before the system is asked: %s', async (path) => {
        const answer = await ask(path);
        expect(answer.status).toBe(400);
        expect((answer.body as { error: string }).error).toStartWith('that path is refused: ');
      });

      test('slashes of both kinds are one, and a path without its drive is not absolute', async () => {
        write('slashes', 'x');
        const entry = await rig().get<FileEntry>(asked(native('slashes').replaceAll('\\', '/')));
        expect(entry.path).toBe(native('slashes'));
        expect(await ask('\\x')).toMatchObject({ status: 400, body: { error: 'path must be absolute' } });
        expect(await ask('C:x')).toMatchObject({ status: 400 });
      });
    }
  });
}
