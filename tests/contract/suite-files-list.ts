/** Machine 2: what is in a folder, page by page. */
import { describe, expect, test } from 'bun:test';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FileListing } from '../../src/protocol/files/list.ts';
import type { Door } from '../support/doors.ts';
import { notOnWindows } from './not-on-windows.ts';
import { sharedRig } from './shared-rig.ts';
import { addKey } from './suite-keys.ts';

export function filesListSuite(door: Door): void {
  notOnWindows(door, 'files: listing', 'links, pipes, bytes in names and a thousand folders, which Windows has not');
  describe('files: listing', () => {
    const rig = sharedRig(door);
    const separator = door.platform === 'windows' ? '\\' : '/';

    /** A folder of its own; a name with a slash at its end is a folder, too. Its path as the server spells it. */
    function tree(files: Readonly<Record<string, string>>): { readonly local: string; readonly path: string } {
      const local = join(rig().place.cwd, `list-${crypto.randomUUID()}`);
      mkdirSync(local, { recursive: true });
      for (const [name, text] of Object.entries(files)) {
        const path = join(local, name);
        mkdirSync(name.endsWith('/') ? path : dirname(path), { recursive: true });
        if (!name.endsWith('/')) writeFileSync(path, text);
      }
      return { local, path: door.nativePath(local) };
    }
    const asked = (path: string, query = '') => `/files/list?path=${encodeURIComponent(path)}${query}`;
    const list = (path: string, query = '') => rig().get<FileListing>(asked(path, query));
    const status = async (path: string, query = '', key?: string) =>
      (await rig().ask(asked(path, query), key === undefined ? {} : { key })).status;
    /** Paths from the folder, with slashes. */
    const names = async (path: string, query = '') =>
      (await list(path, query)).items.map((item) => item.path.slice(path.length + 1).replaceAll('\\', '/'));
    const all = async (path: string, query: string, limit: number): Promise<string[]> => {
      const found: string[] = [];
      for (let after = ''; ;) {
        const page = await list(path, `${query}&limit=${limit}${after}`);
        found.push(...page.items.map((item) => item.path.slice(path.length + 1).replaceAll('\\', '/')));
        expect(page.items.length).toBeLessThanOrEqual(limit);
        if (page.next === null) return found;
        after = `&after=${encodeURIComponent(page.next)}`;
      }
    };

    test('the entries of a folder in byte order, and not what is in its folders', async () => {
      const { path } = tree({ 'b/in': '', a: 'hello', C: '', 'a.b': '', é: '', '𝄞': '' });
      const { items, next, skipped } = await list(path);
      expect(items.map(({ name, type }) => [name, type])).toEqual([
        ['C', 'file'],
        ['a', 'file'],
        ['a.b', 'file'],
        ['b', 'directory'],
        ['é', 'file'],
        ['𝄞', 'file'],
      ]);
      expect([next, skipped]).toEqual([null, []]);
      const [, entry] = items;
      if (entry === undefined) throw new Error('no entry');
      expect(await rig().get(`/files/stat?path=${encodeURIComponent(entry.path)}`)).toEqual(entry);
    });

    test('depth counts folders, 0 is all; a folder comes before what is in it, also where a name goes on', async () => {
      const { path } = tree({ 'a/b/c/d': '', 'a.x': '', 'a/z': '', 'a!': '' });
      expect(await names(path)).toEqual(['a', 'a!', 'a.x']);
      expect(await names(path, '&depth=2')).toEqual(['a', 'a/b', 'a/z', 'a!', 'a.x']);
      const whole = ['a', 'a/b', 'a/b/c', 'a/b/c/d', 'a/z', 'a!', 'a.x'];
      expect(await names(path, '&depth=0')).toEqual(whole);
      expect(await names(path, '&depth=4&sort=name')).toEqual(whole);
      expect(await names(path, '&depth=3')).toEqual(whole.filter((name) => name !== 'a/b/c/d'));
    });

    test('exclude prunes, include lists alone, and both may stand for paths', async () => {
      const { path } = tree({
        'src/a.ts': '',
        'src/b.js': '',
        'src/gen/c.ts': '',
        'node_modules/x/d.ts': '',
        'deep/src/gen': '',
        top: '',
      });
      const found = (query: string) => names(path, `&depth=0${query}`);
      expect(await found('&exclude=node_modules&exclude=*.js&exclude=deep')).toEqual([
        'src',
        'src/a.ts',
        'src/gen',
        'src/gen/c.ts',
        'top',
      ]);
      expect(await found('&include=*.ts')).toEqual(['node_modules/x/d.ts', 'src/a.ts', 'src/gen/c.ts']);
      expect(await found('&include=*.{js,ts}&exclude=node_modules')).toEqual(['src/a.ts', 'src/b.js', 'src/gen/c.ts']);
      expect(await found('&include=src/*.ts')).toEqual(['src/a.ts']);
      expect(await found('&include=src/**')).toEqual(['src/a.ts', 'src/b.js', 'src/gen', 'src/gen/c.ts']);
      expect(await found('&include=gen')).toEqual(['deep/src/gen', 'src/gen']);
      expect(await found('&include=gen/')).toEqual(['src/gen']);
      expect(await found('&exclude=/src/gen&include=*gen*')).toEqual(['deep/src/gen']);
      // A key named twice counts twice for what is a list, and the first time for all else.
      expect(await found('&include=top&include=deep')).toEqual(['top']);
    });

    test('ignore rules of each folder and of those above it up to the top of the repository; .git never', async () => {
      const { path } = tree({
        '.git/config': '',
        '.git/info/exclude': 'private\n',
        '.gitignore': '# no rule\n*.log\nout/\n/top\nsub/generated\n',
        'a.log': '',
        private: '',
        'out/x': '',
        top: '',
        'sub/.gitignore': '!keep.log\n*.tmp\n',
        'sub/keep.log': '',
        'sub/other.log': '',
        'sub/a.tmp': '',
        'sub/top': '',
        'sub/out': '',
        'sub/generated': '',
        'inner/.git/config': '',
        'inner/b.log': '',
      });
      expect(await names(path, '&depth=0')).toEqual([
        'inner',
        'inner/b.log',
        'sub',
        'sub/keep.log',
        'sub/out',
        'sub/top',
      ]);
      expect(await names(`${path}${separator}sub`)).toEqual(['keep.log', 'out', 'top']);
      expect(await names(`${path}${separator}out`)).toEqual(['x']);
      const none = await names(path, '&depth=0&ignore=none');
      expect(none).toContain('sub/other.log');
      expect(none).toContain('private');
      expect(none.filter((name) => name.includes('.git'))).toEqual([]);
      const hidden = await names(path, '&depth=0&ignore=none&hidden=1');
      expect(hidden.filter((name) => name.includes('.git'))).toEqual(['.gitignore', 'sub/.gitignore']);
    });

    test('rules that would take a regular expression for ever are passed over', async () => {
      const { path } = tree({
        '.gitignore': `${'**/a/'.repeat(20)}b\n${'*a'.repeat(100)}*b\n*.log\n`,
        [`${'a/'.repeat(150)}c`]: '',
        [`${'a'.repeat(200)}c`]: '',
        'x.log': '',
      });
      expect(await names(path, '&depth=0&include=[cx]*')).toEqual([`${'a/'.repeat(150)}c`]);
    });

    test('pages fit together, whatever their size', async () => {
      const { path } = tree({ 'a/b/c': '', 'a/d': '', 'a/e/': '', 'a!': '', b: '', 'c/d/e/f': '', 'c/d/g': '' });
      const whole = await names(path, '&depth=0');
      expect(whole).toHaveLength(12);
      for (const limit of [1, 2, 3, 5, 11, 12, 13]) expect(await all(path, '&depth=0', limit)).toEqual(whole);
      expect(await all(path, '&depth=0&include=[b-f]', 2)).toEqual(whole.filter((name) => /(^|\/)[b-f]$/.test(name)));
    });

    test('a page goes on where the last one ended, whatever came and went', async () => {
      const { local, path } = tree({ 'b/a': '', 'b/c': '', 'b/e': '', d: '', f: '' });
      const first = await list(path, '&depth=0&limit=3');
      expect(first.items.map(({ name }) => name)).toEqual(['b', 'a', 'c']);
      rmSync(join(local, 'b/c'));
      for (const name of ['a', 'b/b', 'b/d', 'c']) writeFileSync(join(local, name), '');
      const on = `&depth=0&after=${encodeURIComponent(first.next ?? '')}`;
      expect(await names(path, on)).toEqual(['b/d', 'b/e', 'c', 'd', 'f']);
      // Also where the folder of the last item has gone, or become a file.
      rmSync(join(local, 'b'), { recursive: true });
      expect(await names(path, on)).toEqual(['c', 'd', 'f']);
      writeFileSync(join(local, 'b'), '');
      expect(await names(path, on)).toEqual(['c', 'd', 'f']);
    });

    test('hash=sha256 hashes files', async () => {
      const { path } = tree({ a: 'abc', 'b/': '' });
      const { items } = await list(path, '&hash=sha256');
      expect(items.map(({ sha256 }) => sha256)).toEqual([
        'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
        undefined,
      ]);
      expect((await list(path)).items[0]?.sha256).toBeUndefined();
    });

    test('what is no folder, and what is not there', async () => {
      const { path } = tree({ a: '' });
      expect(await status(`${path}${separator}a`)).toBe(409);
      expect(await status(`${path}${separator}absent`)).toBe(404);
      expect(await status(`${path}${separator}a${separator}b`)).toBe(404);
    });

    const INVALID: readonly [string, string][] = [
      ['depth', 'depth=-1'],
      ['depth that is none', 'depth=x'],
      ['limit of nothing', 'limit=0'],
      ['limit of too many', 'limit=10001'],
      ['ignore', 'ignore=hg'],
      ['hidden', 'hidden=yes'],
      ['sort', 'sort=size'],
      ['hash', 'hash=md5'],
      ['an empty glob', 'exclude='],
      ['a glob that means all others', 'exclude=!a'],
      ['an empty glob to list alone', 'include='],
      ['too many globs', Array(101).fill('exclude=a').join('&')],
      ['a cursor that is no path', 'after=a'],
      ['a cursor elsewhere', `after=${encodeURIComponent(door.platform === 'windows' ? 'C:\\' : '/etc')}`],
      ['a parameter that is none', 'dept=1'],
    ];
    test.each(INVALID)('refused: %s', async (_what, query) => {
      const { path } = tree({});
      const answer = await rig().ask(asked(path, `&${query}`));
      expect([answer.status, typeof (answer.body as { error: unknown }).error]).toEqual([400, 'string']);
    });

    test('needs files:read, and stays in the roots and out of the server’s own files', async () => {
      const { path } = tree({ 'in/a': '', out: '' });
      const observer = await addKey(rig(), ['observe']);
      expect(await status(path, '', observer.key)).toBe(403);
      const { key } = await addKey(rig(), ['files:read'], { roots: [`${path}${separator}in`] });
      expect(await status(path, '', key)).toBe(403);
      const inside = await rig().ask(asked(`${path}${separator}in`), { key });
      expect((inside.body as FileListing).items.map(({ name }) => name)).toEqual(['a']);
      const admin = await addKey(rig(), ['admin']);
      const data = door.nativePath(rig().place.data);
      expect(await status(data)).toBe(200);
      expect(await status(data, '', admin.key)).toBe(403);
      const above = door.nativePath(dirname(rig().place.data));
      const paths = async (asker: string) =>
        (
          (await rig().ask(asked(above, '&depth=0&hidden=1&limit=10000&ignore=none&exclude=list-*'), { key: asker }))
            .body as FileListing
        ).items
          .map((item) => item.path)
          .filter((one) => one.startsWith(data));
      expect((await paths(rig().key)).length).toBeGreaterThan(1);
      expect(await paths(admin.key)).toEqual([]);
    });

    if (door.platform === 'windows') return;

    test('hidden names, links and pipes', async () => {
      const { local, path } = tree({ '.hidden/a': '', '.b': '', 'dir/x': '' });
      symlinkSync('dir', join(local, 'link'));
      symlinkSync('.', join(local, 'dir/loop'));
      symlinkSync('/etc', join(local, 'out'));
      expect(Bun.spawnSync(['mkfifo', join(local, 'pipe'), join(local, '.gitignore')]).exitCode).toBe(0);
      const { items } = await list(path, '&depth=0');
      expect(items.map(({ name, type, target }) => [name, type, target])).toEqual([
        ['dir', 'directory', undefined],
        ['loop', 'symlink', '.'],
        ['x', 'file', undefined],
        ['link', 'symlink', 'dir'],
        ['out', 'symlink', '/etc'],
        ['pipe', 'other', undefined],
      ]);
      expect(await names(path, '&depth=0&hidden=1&exclude=dir')).toEqual([
        '.b',
        '.gitignore',
        '.hidden',
        '.hidden/a',
        'link',
        'out',
        'pipe',
      ]);
      // A link that was asked for is followed, within the roots.
      expect(await names(`${path}/link`)).toEqual(['loop', 'x']);
      const { key } = await addKey(rig(), ['files:read'], { roots: [path] });
      expect(await status(`${path}/link`, '', key)).toBe(200);
      expect(await status(`${path}/out`, '', key)).toBe(403);
      expect(await status(`${path}/pipe`, '', key)).toBe(409);
    });

    test('names that are no UTF-8 have bytes, and stand for a cursor', async () => {
      const { local, path } = tree({ 'n/': '', z: '' });
      for (const byte of [0xff, 0xe9])
        writeFileSync(Buffer.concat([Buffer.from(`${local}/n/`), Buffer.from([byte])]), '');
      const { items } = await list(path, '&depth=0');
      expect(items.map(({ name, nameBytes }) => [name, nameBytes])).toEqual([
        ['n', undefined],
        ['�', '6Q=='],
        ['�', '/w=='],
        ['z', undefined],
      ]);
      const page = await list(path, '&depth=0&limit=2');
      expect(page.next).toStartWith('bytes:');
      const rest = await list(path, `&depth=0&after=${encodeURIComponent(page.next ?? '')}`);
      expect(rest.items.map(({ nameBytes, name }) => nameBytes ?? name)).toEqual(['/w==', 'z']);
    });

    test('deeper than a path may be: that is told, not an error', async () => {
      const { local, path } = tree({ z: '' });
      // Longer than PATH_MAX, which no path can name: one chain of folders moved to the end of another.
      const chain = Array(12).fill('l'.repeat(200)).join('/');
      for (const top of ['long', 'more']) mkdirSync(join(local, top, chain), { recursive: true });
      const end = join(local, 'long', chain, 'more');
      renameSync(join(local, 'more'), end);
      const longer = await list(path, '&depth=0&limit=10000');
      expect(longer.items.at(-1)?.name).toBe('z');
      expect(longer.skipped).toEqual([
        { path: expect.stringContaining('/more/llll'), error: 'the folder cannot be looked into (ENAMETOOLONG)' },
      ]);
      renameSync(end, join(local, 'more'));
    });
  });
}
