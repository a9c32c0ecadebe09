/** The verb `ls`. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileEntry } from '../../../src/protocol/files.ts';
import { runInProcess } from '../in-process.ts';
import { Person } from '../person.ts';
import { jsonLines, World } from '../world.ts';

let world: World;
let folder: string;
beforeAll(async () => {
  world = await World.start();
  folder = join(world.folder, 'listed');
  mkdirSync(join(folder, 'sub', 'deep'), { recursive: true });
  writeFileSync(join(folder, 'b.txt'), 'bb', { mode: 0o640 });
  chmodSync(join(folder, 'b.txt'), 0o640);
  writeFileSync(join(folder, 'a.log'), 'aaaa');
  utimesSync(join(folder, 'a.log'), 1, 1);
  writeFileSync(join(folder, '.hidden'), '');
  writeFileSync(join(folder, '.gitignore'), '*.log\n');
  writeFileSync(join(folder, 'sub', 'deep', 'c\u001b[2J\u202etxt'), '');
  symlinkSync('b.txt', join(folder, 'link'));
});
afterAll(() => world[Symbol.asyncDispose]());

const names = async (...words: string[]): Promise<string[]> => {
  const { code, stdout, stderr } = await world.cli(['ls', ...words]);
  expect([code, stderr]).toEqual([0, '']);
  return stdout.split('\n').slice(0, -1);
};

describe('ls', () => {
  test('names a line; what git ignores and what is hidden only when asked for', async () => {
    expect(await names(folder)).toEqual(['b.txt', 'link', 'sub']);
    expect(await names(`:${folder}`, '--ignore', 'none')).toEqual(['a.log', 'b.txt', 'link', 'sub']);
    expect(await names(folder, '-a')).toEqual(['.gitignore', '.hidden', 'b.txt', 'link', 'sub']);
    expect(await names(folder, '--exclude', '*.txt', '--exclude', 'link')).toEqual(['sub']);
  });

  test('deeper, with the way to each; a program gets names as they are', async () => {
    expect(await names(folder, '--depth', '2')).toEqual(['b.txt', 'link', 'sub', 'sub/deep']);
    expect((await names(folder, '-R')).at(-1)).toBe('sub/deep/c\u001b[2J\u202etxt');
  });

  test('a person sees what is what, and no name acts on the terminal', async () => {
    await using person = new Person(world, { args: ['ls', folder, '-R'] });
    expect(await person.done()).toBe(0);
    expect(person.seen).toContain('\u001b[1msub/deep\u001b[22m/');
    expect(person.seen).toContain('sub/deep/c\\u001b[2J\\u202etxt');
    expect(person.seen).not.toContain('\u001b[2J');
  });

  test('long lines, a file alone, and other orders', async () => {
    const [first = '', link = '', sub = ''] = await names(folder, '-l');
    expect(first).toMatch(/^-rw-r-----  \S+ +\S+ +2  \d{4}-\d\d-\d\d \d\d:\d\d  b\.txt$/);
    expect(link).toMatch(/^lrwxrwxrwx .* link -> b\.txt$/);
    expect(sub).toMatch(/^drwx/);
    expect(await names(join(folder, 'b.txt'))).toEqual([join(folder, 'b.txt')]);
    const files = [folder, '--ignore', 'none', '--exclude', 'sub', '--exclude', 'link'];
    expect(await names(...files, '--sort', 'size')).toEqual(['a.log', 'b.txt']);
    expect(await names(...files, '--sort', 'time')).toEqual(['b.txt', 'a.log']);
  });

  test('more than a page comes whole, as rows of JSON', async () => {
    const many = join(world.folder, 'many');
    mkdirSync(many);
    for (let at = 0; at < 2500; at += 1) writeFileSync(join(many, String(at).padStart(4, '0')), '');
    const rows = jsonLines((await world.cli(['ls', many, '--json'])).stdout) as FileEntry[];
    expect(rows.map(({ name }) => Number(name))).toEqual(Array.from({ length: 2500 }, (_, at) => at));
    expect(rows[7]).toMatchObject({ path: join(many, '0007'), type: 'file', size: 0 });
  });

  test('a folder that cannot be looked into: the rest, and 1', async () => {
    // Nothing is closed to root, which tests may run as: the server is played.
    const skipped = [{ path: '/x/closed', error: 'no access' }];
    const entry = { path: '/x/closed', name: 'closed', type: 'directory' };
    using server = Bun.serve({ port: 0, fetch: () => Response.json({ items: [entry], next: null, skipped }) });
    expect(await world.cli(['ls', '/x', '-R', '--url', `http://127.0.0.1:${server.port}`])).toEqual({
      code: 1,
      stdout: 'closed\n',
      stderr: 'agent-server: /x/closed: no access\n',
    });
  });

  test('what cannot be listed is told with its path: 1', async () => {
    const none = join(folder, 'none');
    expect(await world.cli(['ls', none])).toEqual({
      code: 1,
      stdout: '',
      stderr: `agent-server: ${none}: the server says: there is no such file or folder\n`,
    });
    expect((await world.cli(['ls', 'relative'])).stderr).toContain('relative: the server says: path must be absolute');
    expect((await world.cli(['ls', folder, '--url', 'http://127.0.0.1:1'])).stderr).toContain('connection refused');
    await using bound = World.empty();
    await bound.startServer('--roots', bound.home);
    expect((await bound.cli(['ls', folder])).stderr).toBe(
      `agent-server: ${folder}: the server says: outside of the roots\n`,
    );
  });

  test('the server may be a profile', async () => {
    await world.cli(['login', 'box', world.url], { stdin: world.key });
    const elsewhere = { env: { AGENT_SERVER_URL: 'http://127.0.0.1:1' } };
    expect((await world.cli(['ls', `box:${folder}`], elsewhere)).stdout).toBe('b.txt\nlink\nsub\n');
    expect((await world.cli(['ls', `:${folder}`], elsewhere)).code).toBe(1);
    const { code, stderr } = await world.cli(['ls', `bix:${folder}`]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('there is no profile "bix" (named before the path) (did you mean box?)'),
    ]);
  });

  test('the command line: 2', async () => {
    for (const words of [
      [],
      [''],
      [':'],
      ['box:'],
      ['/', '/'],
      ['/', '--depth', 'x'],
      ['/', '--depth', '10001'],
      ['/', '-R', '--depth', '2'],
      ['/', '--sort', 'nme'],
      ['/', '--ignore', 'x'],
      ['box:/', '--url', 'http://x'],
    ])
      expect([words, (await runInProcess('ls', ...words)).code]).toEqual([words, 2]);
    expect((await runInProcess('ls', '/', '--sort', 'nme')).stderr).toContain('did you mean name?');
  });
});
