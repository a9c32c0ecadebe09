/** Machine 2: some of what is in a folder as an archive, and the modes and times of what comes in. */
import { describe, expect, test } from 'bun:test';
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchiveRequest } from '../../src/protocol/files/archive.ts';
import type { Door } from '../support/doors.ts';
import { treeText } from '../support/tree-text.ts';
import { notOnWindows } from './not-on-windows.ts';
import { sharedRig } from './shared-rig.ts';
import { addKey } from './suite-keys.ts';

export function filesArchiveNamesSuite(door: Door): void {
  notOnWindows(door, 'files: names as an archive', 'links, modes and bytes in names, which Windows has not');
  describe('files: names as an archive', () => {
    const rig = sharedRig(door);
    const isPosix = door.platform === 'posix';
    const local = (name: string) => join(rig().place.cwd, name);
    const at = (name: string) => door.nativePath(local(name));
    const json = (body: unknown) => ({ json: body });
    const refused = (body: unknown, key?: string) =>
      rig().ask('/files/archive', { ...json(body), ...(key !== undefined && { key }) });
    const unpack = (name: string, archive: Uint8Array<ArrayBuffer>, query = '') =>
      rig().ask(`/files/archive?path=${encodeURIComponent(at(name))}${query}`, { method: 'PUT', body: archive });
    let count = 0;
    /** What the archive of those names unpacks to. */
    async function packed(body: ArchiveRequest): Promise<string> {
      const answer = await rig().request('/files/archive', json(body));
      expect(answer.status).toBe(200);
      count += 1;
      const format = body.format === undefined ? '' : `&format=${body.format}`;
      expect(await unpack(`got-${count}`, await answer.bytes(), format)).toMatchObject({ status: 200 });
      return local(`got-${count}`);
    }

    function makeTree(name: string): void {
      mkdirSync(local(`${name}/sub/empty`), { recursive: true });
      for (const file of ['a', 'b', 'sub/ü', 'sub/d']) writeFileSync(local(`${name}/${file}`), file);
    }

    test.each(['tar', 'tar.gz', 'zip'] as const)(
      '%s: those names alone, and folders without what is in them',
      async (format) => {
        const name = `some-${format}`;
        makeTree(name);
        const got = await packed({ path: at(name), names: ['b', 'sub', './sub//ü'], format });
        expect(treeText(got).map((line) => line.split(' ')[0])).toEqual(['b', 'sub/', 'sub/ü']);
        expect(readFileSync(join(got, 'sub/ü'), 'utf8')).toBe('sub/ü');
      },
    );

    test('a name that is not there is told, and the others come', async () => {
      makeTree('gaps');
      const got = await packed({ path: at('gaps'), names: ['gone', 'a', 'a/below'] });
      expect(readFileSync(join(got, 'a'), 'utf8')).toBe('a');
      const told = readFileSync(join(got, '.agent-server-errors.txt'), 'utf8');
      expect(told).toContain('"gone": ');
      expect(told).toContain('"a/below": ');
    });

    test('refused: names that lead out, no names, no folder, nothing, outside of the roots, without the scope', async () => {
      makeTree('whole');
      for (const names of [['../a'], ['a/../../b'], ['/etc/passwd'], [''], ['.'], ['C:/x'], ['a\0b'], []])
        expect(await refused({ path: at('whole'), names })).toMatchObject({ status: 400 });
      for (const body of [{}, { namesBytes: ['?'] }, { names: ['a'], format: 'rar' }, { names: ['a'], more: 1 }])
        expect(await refused({ path: at('whole'), ...body })).toMatchObject({ status: 400 });
      expect(await refused({ names: ['a'] })).toMatchObject({ status: 400 });
      expect(await refused({ path: at('whole/a'), names: ['a'] })).toMatchObject({ status: 409 });
      expect(await refused({ path: at('absent'), names: ['a'] })).toMatchObject({ status: 404 });
      const bound = await addKey(rig(), ['files:read'], { roots: [at('whole/sub')] });
      const writer = await addKey(rig(), ['files:write']);
      expect(await refused({ path: at('whole'), names: ['sub/d'] }, bound.key)).toMatchObject({ status: 403 });
      expect(await refused({ path: at('whole'), names: ['a'] }, writer.key)).toMatchObject({
        status: 403,
        body: { scope: 'files:read' },
      });
    });

    test('times to the millisecond go through, and a listing has what is named .git only where it is asked for it', async () => {
      makeTree('timed');
      mkdirSync(local('timed/.git'), { recursive: true });
      writeFileSync(local('timed/.git/config'), 'x');
      const times = [1_577_934_245_123, 1_577_934_245_001, 1_577_934_245_999];
      for (const [index, name] of ['a', 'b', 'sub/d'].entries())
        utimesSync(local(`timed/${name}`), new Date(times[index] ?? 0), new Date(times[index] ?? 0));
      const got = await packed({ path: at('timed'), names: ['a', 'b', 'sub/d'] });
      expect(['a', 'b', 'sub/d'].map((name) => statSync(join(got, name)).mtimeMs)).toEqual(times);
      const listed = async (query: string) => {
        const path = `/files/list?path=${encodeURIComponent(at('timed'))}&depth=0&ignore=none&hidden=1${query}`;
        const { body } = await rig().ask(path);
        return (body as { items: { name: string }[] }).items.map(({ name }) => name);
      };
      expect(await listed('')).not.toContain('config');
      expect(await listed('&dotGit=1')).toEqual(expect.arrayContaining(['.git', 'config', 'a']));
    });

    if (isPosix)
      test('links stay links, nothing below one is looked at, also none that leads out of the roots', async () => {
        makeTree('linked');
        mkdirSync(local('secret'), { recursive: true });
        writeFileSync(local('secret/x'), 'secret');
        symlinkSync('sub', local('linked/in'));
        symlinkSync('../secret', local('linked/out'));
        const bound = await addKey(rig(), ['files:read'], { roots: [at('linked')] });
        for (const key of [undefined, bound.key]) {
          const names = ['in', 'in/d', 'out/x'];
          const answer = await rig().request('/files/archive', {
            ...json({ path: at('linked'), names }),
            ...(key !== undefined && { key }),
          });
          const archive = await answer.bytes();
          expect(Buffer.from(archive).toString('latin1')).not.toContain('secret');
          const to = `links-${key === undefined ? 'all' : 'bound'}`;
          expect(await unpack(to, archive)).toMatchObject({ status: 200, body: { files: 2 } });
          const told = readFileSync(local(`${to}/.agent-server-errors.txt`), 'utf8');
          expect(told).toContain('"in/d": it is below a link');
          expect(told).toContain('"out/x": ');
        }
      });

    if (isPosix && process.platform === 'linux')
      test('names that are no UTF-8', async () => {
        mkdirSync(local('odd'), { recursive: true });
        const name = Buffer.from([0x66, 0xff, 0xfe]);
        writeFileSync(Buffer.concat([Buffer.from(local('odd/')), name]), 'bytes');
        const got = await packed({ path: at('odd'), namesBytes: [name.toString('base64')] });
        expect(readFileSync(Buffer.concat([Buffer.from(`${got}/`), name]), 'utf8')).toBe('bytes');
      });

    if (isPosix)
      test('folders that are there keep mode and time, unless folders=1', async () => {
        makeTree('model');
        chmodSync(local('model/sub'), 0o711);
        utimesSync(local('model/sub'), 1e9, 1e9);
        const answer = await rig().request('/files/archive', json({ path: at('model'), names: ['sub'] }));
        const archive = await answer.bytes();
        mkdirSync(local('kept/sub'), { recursive: true });
        chmodSync(local('kept/sub'), 0o750);
        const now = () => [statSync(local('kept/sub')).mode & 0o777, statSync(local('kept/sub')).mtimeMs];
        const before = now();
        expect(await unpack('kept', archive)).toMatchObject({ status: 200 });
        expect(now()).toEqual(before);
        expect(await unpack('kept', archive, '&folders=1')).toMatchObject({ status: 200 });
        expect(now()).toEqual([0o711, 1e12]);
      });
  });
}
