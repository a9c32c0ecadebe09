/** Machine 2: folders as archives, out and in. */
import { describe, expect, test } from 'bun:test';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { makeZip } from 'client-zip';
import type { ArchiveEntry } from '../../src/files/archive/archive-entry.ts';
import { tarEnd, tarHeader, tarPadding } from '../../src/files/archive/tar-header.ts';
import type { Door } from '../support/doors.ts';
import { hasProgram, runProgram } from '../support/program.ts';
import { treeText } from '../support/tree-text.ts';
import { waitFor } from '../support/wait.ts';
import { notOnWindows } from './not-on-windows.ts';
import { sharedRig } from './shared-rig.ts';
import { addKey } from './suite-keys.ts';

const FORMATS = ['tar', 'tar.gz', 'zip'] as const;

type Given =
  | { readonly name: string; readonly content: string; readonly mode?: number }
  | { readonly name: string; readonly target: string }
  | { readonly name: string };

/** `type`: the letter in the header, where it is another one. */
function tarWith(entries: readonly (Given & { readonly type?: string })[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  for (const given of entries) {
    const common = { name: given.name, mode: 0o644, modifiedAt: 1e12, uid: 0, gid: 0 };
    const content = 'content' in given ? Buffer.from(given.content) : Buffer.alloc(0);
    const entry: ArchiveEntry =
      'target' in given
        ? { ...common, type: 'link', target: given.target }
        : 'content' in given
          ? { ...common, mode: given.mode ?? 0o644, type: 'file', size: content.length, pieces: none() }
          : { ...common, type: 'folder' };
    const header = Buffer.from(tarHeader(entry));
    if (given.type !== undefined) {
      header.write(given.type, 156, 'latin1');
      header.fill(' ', 148, 156);
      const sum = header.subarray(0, 512).reduce((total, byte) => total + byte, 0);
      header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    }
    parts.push(header, content, tarPadding(content.length));
  }
  return new Uint8Array(Buffer.concat([...parts, tarEnd(0)]));
}

async function* none(): AsyncGenerator<Uint8Array> {}

const zipWith = async (names: readonly string[]) =>
  new Response(makeZip(names.map((name) => ({ name, input: 'x' })))).bytes();

export function filesArchiveSuite(door: Door): void {
  notOnWindows(
    door,
    'files: archives',
    'links, pipes, modes and bytes in names, which Windows has not, nor of its open files, which it does not list',
  );
  describe('files: archives', () => {
    const rig = sharedRig(door);
    const isPosix = door.platform === 'posix';
    const local = (name: string) => join(rig().place.cwd, name);
    const at = (name: string, query = '') =>
      `/files/archive?path=${encodeURIComponent(door.nativePath(local(name)))}${query}`;
    const pack = async (name: string, query = '') => rig().request(at(name, query));
    const unpack = (name: string, archive: Uint8Array<ArrayBuffer>, query = '', key?: string) =>
      rig().ask(at(name, query), { method: 'PUT', body: archive, ...(key !== undefined && { key }) });
    /** Nothing of a refused one is left. */
    const left = () =>
      readdirSync(local('.'), { recursive: true }).filter((name) => String(name).includes('.agent-server'));

    function makeTree(name: string): void {
      mkdirSync(local(`${name}/sub/empty`), { recursive: true });
      writeFileSync(local(`${name}/a.txt`), 'one\n');
      writeFileSync(local(`${name}/sub/ü ß.txt`), 'two\n');
      writeFileSync(
        local(`${name}/sub/large`),
        Uint8Array.from({ length: 700_001 }, (_, i) => (i * 31 + (i >> 8)) & 255),
      );
      const long = `${name}/${Array.from({ length: 5 }, () => 'long'.repeat(9)).join('/')}`;
      mkdirSync(local(long), { recursive: true });
      writeFileSync(local(`${long}/deep`), 'deep');
      if (!isPosix) return;
      symlinkSync('../a.txt', local(`${name}/sub/link`));
      chmodSync(local(`${name}/a.txt`), 0o751);
    }

    test.each(FORMATS)('%s: a folder comes back as it was', async (format) => {
      const from = `from-${format}`;
      makeTree(from);
      utimesSync(local(`${from}/a.txt`), 1e9, 1e9);
      const answer = await pack(from, `&format=${format}`);
      expect([answer.status, answer.headers.get('content-length')]).toEqual([200, null]);
      expect(answer.headers.get('content-disposition')).toContain(`from-${format}.${format}`);
      const archive = await answer.bytes();
      const head = await rig().request(at(from, `&format=${format}`), { method: 'HEAD' });
      expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, null, '']);
      const to = `to-${format}`;
      const { status, body } = await unpack(to, archive, `&format=${format}`);
      expect({ status, body }).toEqual({ status: 200, body: { files: isPosix ? 5 : 4, bytes: 700_001 + 4 + 4 + 4 } });
      expect(treeText(local(to))).toEqual(treeText(local(from)));
      if (isPosix) expect(statSync(local(`${to}/a.txt`)).mode & 0o7777).toBe(0o751);
      expect(Math.abs(statSync(local(`${to}/a.txt`)).mtimeMs - 1e12)).toBeLessThanOrEqual(
        format === 'zip' ? 26 * 3600e3 : 0,
      );
      expect(left()).toEqual([]);
    });

    if (isPosix)
      test('tar, unzip and Python read what is sent, and what they make is unpacked', async () => {
        makeTree('shared');
        const want = treeText(local('shared'));
        const python = (...lines: string[]) => runProgram(local('.'), 'python3', '-c', lines.join('\n'));
        const reads: Record<string, (file: string, to: string) => unknown> = {
          tar: (file, to) => hasProgram('tar') && runProgram(local('.'), 'tar', '-xf', file, '-C', to),
          'tar.gz': (file, to) =>
            hasProgram('python3') && python('import tarfile', `tarfile.open('${file}').extractall('${to}')`),
          zip: (file, to) => hasProgram('unzip') && runProgram(local('.'), 'unzip', '-q', file, '-d', to),
        };
        for (const format of FORMATS) {
          writeFileSync(local(`sent.${format}`), await (await pack('shared', `&format=${format}`)).bytes());
          mkdirSync(local(`read-${format}`), { recursive: true });
          if (reads[format]?.(`sent.${format}`, `read-${format}`) === false) continue;
          expect(treeText(local(`read-${format}`))).toEqual(want);
        }
        if (hasProgram('python3'))
          expect(python('import zipfile', "print(zipfile.ZipFile('sent.zip').testzip())")).toBe('None\n');

        const makes: readonly (readonly [string, string, () => unknown])[] = [
          ['gnu', 'tar', () => runProgram(local('.'), 'tar', '-cf', 'made-gnu', '-C', 'shared', '.')],
          [
            'pax',
            'tar.gz',
            () => runProgram(local('.'), 'tar', '--format=pax', '-czf', 'made-pax', '-C', 'shared', '.'),
          ],
        ];
        if (hasProgram('tar')) for (const [, , make] of makes) make();
        const zipped: (readonly [string, string])[] = [];
        if (hasProgram('zip')) {
          runProgram(local('shared'), 'zip', '-qry', '../made-zip.zip', '.');
          zipped.push(['zip.zip', 'zip']);
        }
        if (hasProgram('python3')) {
          python('import tarfile', "t=tarfile.open('made-python','w')", "t.add('shared', '.')", 't.close()');
          zipped.push(['python', 'tar']);
        }
        for (const [name, format] of [...makes, ...zipped]) {
          const made = new Uint8Array(readFileSync(local(`made-${name}`)));
          expect(await unpack(`unpacked-${name}`, made, `&format=${format}`)).toMatchObject({ status: 200 });
          expect(treeText(local(`unpacked-${name}`))).toEqual(want);
        }
      });

    test('what is left out, and what a folder does not let be read', async () => {
      mkdirSync(local('picked/node_modules/x'), { recursive: true });
      mkdirSync(local('picked/.git'), { recursive: true });
      writeFileSync(local('picked/.gitignore'), '*.log\n');
      for (const name of ['a.log', 'a.txt', 'node_modules/x/y', '.git/config'])
        writeFileSync(local(`picked/${name}`), name);
      const namesIn = async (query: string) => {
        const to = `out-${crypto.randomUUID()}`;
        await unpack(to, await (await pack('picked', query)).bytes());
        return treeText(local(to)).map((line) => line.split(' ')[0]);
      };
      expect(await namesIn('&exclude=node_modules&exclude=.git')).toEqual(['.gitignore', 'a.log', 'a.txt']);
      expect(await namesIn('&ignore=git&exclude=x/')).toEqual(['.gitignore', 'a.txt', 'node_modules/']);
      expect(await namesIn('&follow=0')).toContain('.git/config');
    });

    test('refused: no folder, nothing, another format, outside of the roots, without the scope', async () => {
      writeFileSync(local('plain'), 'x');
      mkdirSync(local('allowed'), { recursive: true });
      expect(await rig().ask(at('plain'))).toMatchObject({ status: 409, body: { error: 'is no directory' } });
      expect(await rig().ask(at('absent'))).toMatchObject({ status: 404 });
      expect(await rig().ask(at('allowed', '&format=rar'))).toMatchObject({ status: 400 });
      expect(await rig().ask(at('allowed', '&follow=1'))).toMatchObject({ status: 400 });
      const some = tarWith([{ name: 'x', content: 'x' }]);
      expect(await unpack('plain', some)).toMatchObject({ status: 409 });
      expect(await unpack('absent/below', some)).toMatchObject({ status: 409 });
      const roots = [door.nativePath(local('allowed'))];
      const bound = await addKey(rig(), ['files:read', 'files:write'], { roots });
      const reader = await addKey(rig(), ['files:read']);
      expect(await rig().ask(at('.'), { key: bound.key })).toMatchObject({ status: 403 });
      expect(await unpack('outside', some, '', bound.key)).toMatchObject({ status: 403 });
      expect(await unpack('allowed', some, '', reader.key)).toMatchObject({
        status: 403,
        body: { scope: 'files:write' },
      });
      expect(await unpack('allowed', some, '', bound.key)).toMatchObject({ status: 200 });
      expect(left()).toEqual([]);
    });

    test('what is there stays unless it may be overwritten; strip leaves leading names out', async () => {
      mkdirSync(local('there/sub'), { recursive: true });
      writeFileSync(local('there/sub/old'), 'old');
      writeFileSync(local('there/other'), 'other');
      const archive = tarWith([
        { name: 'top/new', content: 'new' },
        { name: 'top/sub/old', content: 'newer' },
      ]);
      const before = treeText(local('there'));
      const refused = await unpack('there', archive, '&strip=1');
      expect(refused).toMatchObject({ status: 409, body: { error: expect.stringContaining('old') } });
      expect(treeText(local('there'))).toEqual(before);
      expect(await unpack('there', archive, '&strip=1&overwrite=1')).toMatchObject({ status: 200, body: { files: 2 } });
      expect(readFileSync(local('there/sub/old'), 'utf8')).toBe('newer');
      expect(readFileSync(local('there/other'), 'utf8')).toBe('other');
      // A folder is not replaced by a file, nor the other way round.
      expect(await unpack('there', tarWith([{ name: 'sub', content: 'x' }]), '&overwrite=1')).toMatchObject({
        status: 409,
      });
      expect(await unpack('there', tarWith([{ name: 'other' }]), '&overwrite=1')).toMatchObject({ status: 409 });
      expect(await unpack('there', archive, '&strip=5')).toMatchObject({ status: 200, body: { files: 0 } });
      expect(left()).toEqual([]);
    });

    const ATTACKS: readonly (readonly [string, readonly (Given & { readonly type?: string })[]])[] = [
      ['..', [{ name: '../out', content: 'x' }]],
      ['.. in the middle', [{ name: 'a/../../out', content: 'x' }]],
      ['a leading slash', [{ name: '/tmp/out', content: 'x' }]],
      ['a drive', [{ name: 'C:/out', content: 'x' }]],
      ['a leading backslash', [{ name: '\\\\server\\share', content: 'x' }]],
      ['a link to the root', [{ name: 'l', target: '/etc' }]],
      ['a link that leads out', [{ name: 'd/l', target: '../../out' }]],
      [
        'a file below a link',
        [
          { name: 'l', target: '.' },
          { name: 'l/x', content: 'x' },
        ],
      ],
      [
        'a link that leads out by another',
        [
          { name: 'd/e/up', target: '../..' },
          { name: 'y', target: 'd/e/up/../out' },
        ],
      ],
      [
        'links in a circle',
        [
          { name: 'p', target: 'q' },
          { name: 'q', target: 'p' },
        ],
      ],
      ['a second name of a file outside', [{ name: 'h', target: '../out', type: '1' }]],
      ['a second name of what is not in it', [{ name: 'h', target: 'absent', type: '1' }]],
      ['a character device', [{ name: 'dev', content: '', type: '3' }]],
      ['a block device', [{ name: 'dev', content: '', type: '4' }]],
      ['a pipe', [{ name: 'pipe', content: '', type: '6' }]],
      [
        'a file that is a folder, too',
        [
          { name: 'x', content: 'x' },
          { name: 'x/y', content: 'y' },
        ],
      ],
      [
        'one name as file and link',
        [
          { name: 'x', content: 'x' },
          { name: 'x', target: 'y' },
        ],
      ],
    ];
    const WINDOWS: typeof ATTACKS = [
      ['a device name', [{ name: 'sub/NUL.txt', content: 'x' }]],
      ['a stream', [{ name: 'a:b', content: 'x' }]],
      ['a trailing dot', [{ name: 'a.', content: 'x' }]],
      ['a backslash', [{ name: 'a\\..\\..\\out', content: 'x' }]],
      [
        'letter case alone',
        [
          { name: 'Same', content: 'x' },
          { name: 'same', content: 'y' },
        ],
      ],
      [
        'letter case of folders',
        [
          { name: 'Sub/x', content: 'x' },
          { name: 'sub/y', content: 'y' },
        ],
      ],
    ];
    test.each([...ATTACKS, ...(isPosix ? [] : WINDOWS)])('refused as a whole: %s', async (_what, entries) => {
      mkdirSync(local('attacked/in'), { recursive: true });
      const before = treeText(local('.'));
      const archive = tarWith([{ name: 'harmless', content: 'x' }, ...entries]);
      for (const name of ['attacked/in', 'attacked/new'])
        expect(await unpack(name, archive, '&overwrite=1')).toMatchObject({ status: 400 });
      expect(treeText(local('.'))).toEqual(before);
    });

    test.each(['../out', '/out', 'C:/out', 'a/../../out'])('refused in a zip: %s', async (name) => {
      const refused = await unpack('zipped', await zipWith(['harmless', name]), '&format=zip');
      expect(refused).toMatchObject({ status: 400, body: { error: expect.stringContaining(JSON.stringify(name)) } });
      expect([existsSync(local('zipped')), ...left()]).toEqual([false]);
    });

    if (isPosix)
      test('set-user-id is dropped, and a link in the target is not gone through', async () => {
        mkdirSync(local('linked'), { recursive: true });
        mkdirSync(local('elsewhere'), { recursive: true });
        symlinkSync('../elsewhere', local('linked/sub'));
        expect(await unpack('linked', tarWith([{ name: 'sub/x', content: 'x' }]), '&overwrite=1')).toMatchObject({
          status: 400,
        });
        expect(await unpack('linked', tarWith([{ name: 'y', target: 'sub/../../z' }]))).toMatchObject({ status: 400 });
        expect(readdirSync(local('elsewhere'))).toEqual([]);
        expect(await unpack('linked', tarWith([{ name: 'run', content: 'x', mode: 0o6755 }]))).toMatchObject({
          status: 200,
        });
        expect(lstatSync(local('linked/run')).mode & 0o7777).toBe(0o755);
        // A link is replaced itself, and what it leads to stays.
        writeFileSync(local('kept'), 'kept');
        symlinkSync('../kept', local('linked/file'));
        const over = tarWith([{ name: 'file', content: 'new' }]);
        expect(await unpack('linked', over, '&overwrite=1')).toMatchObject({ status: 200 });
        expect([readFileSync(local('kept'), 'utf8'), lstatSync(local('linked/file')).isFile()]).toEqual(['kept', true]);
      });

    test('cut short, damaged or something else: refused, and nothing is left', async () => {
      makeTree('whole');
      for (const format of FORMATS) {
        const archive = await (await pack('whole', `&format=${format}`)).bytes();
        for (const bytes of [
          archive.subarray(0, archive.length / 2),
          Uint8Array.from({ length: 5000 }, (_, i) => (i * 7) & 255),
        ])
          expect(await unpack('broken', new Uint8Array(bytes), `&format=${format}`)).toMatchObject({ status: 400 });
        expect([existsSync(local('broken')), ...left()]).toEqual([false]);
      }
      const noGzip = await unpack('broken', new Uint8Array(5000), '&format=tar.gz');
      expect(noGzip.body).toMatchObject({ error: expect.stringContaining('cannot be unzipped') });
      const damaged = await zipWith(['x']);
      damaged[damaged.indexOf('x'.charCodeAt(0), 31)] = 'y'.charCodeAt(0);
      expect(await unpack('broken', damaged, '&format=zip')).toMatchObject({ status: 400 });
      // Between two entries: what ends it is missing.
      const between = tarWith([{ name: 'a', content: 'x' }]).subarray(0, 1024);
      expect(await unpack('broken', new Uint8Array(between))).toMatchObject({
        status: 400,
        body: { error: 'the archive is cut short' },
      });
    });

    if (isPosix)
      test('a pipe is never opened and told of; names that are no UTF-8 go through', async () => {
        mkdirSync(local('odd'), { recursive: true });
        runProgram(local('odd'), 'mkfifo', 'pipe');
        const raw = Buffer.concat([Buffer.from(local('odd/')), Buffer.from([0x66, 0xff, 0xfe])]);
        if (process.platform === 'linux') writeFileSync(raw, 'bytes');
        const archive = await (await pack('odd')).bytes();
        expect(await unpack('odd-back', archive)).toMatchObject({ status: 200 });
        expect(readFileSync(local('odd-back/.agent-server-errors.txt'), 'utf8')).toContain('"pipe": it is a pipe');
        if (process.platform !== 'linux') return;
        const back = Buffer.concat([Buffer.from(local('odd-back/')), Buffer.from([0x66, 0xff, 0xfe])]);
        expect(readFileSync(back, 'utf8')).toBe('bytes');
      });

    if (isPosix && process.platform === 'linux')
      test.each(FORMATS)('%s: readers that leave in the middle leave no file open', async (format) => {
        const path = local(`left-${format}/large`);
        mkdirSync(local(`left-${format}`), { recursive: true });
        const large = new Uint8Array(32_000_000);
        for (let offset = 0; offset < large.length; offset += 65_536)
          crypto.getRandomValues(large.subarray(offset, Math.min(offset + 65_536, large.length)));
        writeFileSync(path, large);
        const pid = door.mortal ? rig().process.pid : process.pid;
        const open = () =>
          readdirSync(`/proc/${pid}/fd`).filter((fd) => linkAt(`/proc/${pid}/fd/${fd}`) === path).length;
        for (let round = 0; round < 5; round += 1) {
          const abort = new AbortController();
          const answer = await rig().request(at(`left-${format}`, `&format=${format}`), { signal: abort.signal });
          const reader = answer.body?.getReader();
          expect((await reader?.read())?.done).toBe(false);
          if (door.mortal) abort.abort();
          else await reader?.cancel();
        }
        await waitFor('no open file', () => open() === 0 || undefined);
        Bun.gc(true);
        expect((await rig().request('/healthz')).status).toBe(200);
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
