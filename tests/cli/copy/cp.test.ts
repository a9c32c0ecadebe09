/** `cp` between this machine and a server, which is on this machine, too. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { execFileSync } from 'node:child_process';
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
import { World } from '../world.ts';
import { folderOf, hashOf } from './folder.ts';

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world[Symbol.asyncDispose]());

let count = 0;
/** A folder here and one on the server's machine. */
function folders(): { here: string; there: string } {
  count += 1;
  const here = join(world.folder, `here-${count}`);
  const there = join(world.folder, `there-${count}`);
  for (const path of [here, there]) mkdirSync(path);
  return { here, there };
}

const namesBelow = (path: string) => readdirSync(path, { recursive: true, encoding: 'utf8' }).toSorted();
const cp = (...words: string[]) => world.cli(['cp', ...words]);
const done = { code: 0, stdout: '', stderr: '' };

describe('files', () => {
  test('there and back, with mode and time, and without a word', async () => {
    const { here, there } = folders();
    const path = join(here, 'a.sh');
    writeFileSync(path, 'echo hi\n');
    chmodSync(path, 0o750);
    utimesSync(path, 1577934245.25, 1577934245.25);
    expect(await cp(path, `:${there}/b.sh`)).toEqual(done);
    expect(await cp(`:${there}/b.sh`, join(here, 'c.sh'))).toEqual(done);
    for (const copy of [join(there, 'b.sh'), join(here, 'c.sh')]) {
      expect(readFileSync(copy, 'utf8')).toBe('echo hi\n');
      expect(statSync(copy).mode & 0o777).toBe(0o750);
      expect(statSync(copy).mtimeMs).toBe(1577934245250);
    }
    expect(readdirSync(here).toSorted()).toEqual(['a.sh', 'c.sh']);
    expect(readdirSync(there)).toEqual(['b.sh']);
  });

  test('into a folder that is there under its own name, several ones, over old ones', async () => {
    const { here, there } = folders();
    for (const name of ['a', 'b']) writeFileSync(join(here, name), `new ${name}`);
    writeFileSync(join(there, 'a'), 'old');
    expect(await cp(join(here, 'a'), join(here, 'b'), `:${there}/`)).toEqual(done);
    expect(['a', 'b'].map((name) => readFileSync(join(there, name), 'utf8'))).toEqual(['new a', 'new b']);
    writeFileSync(join(here, 'a'), 'mine');
    expect(await cp(`:${there}/a`, `:${there}/b`, here)).toEqual(done);
    expect(readFileSync(join(here, 'a'), 'utf8')).toBe('new a');
  });

  test('a link that is named is followed, as source and as target, and stays a link', async () => {
    const { here, there } = folders();
    writeFileSync(join(here, 'real'), 'content');
    writeFileSync(join(there, 'kept'), 'old');
    symlinkSync('real', join(here, 'link'));
    symlinkSync('kept', join(there, 'link'));
    expect(await cp(join(here, 'link'), `:${there}/link`)).toEqual(done);
    expect(readlinkSync(join(there, 'link'))).toBe('kept');
    expect(readFileSync(join(there, 'kept'), 'utf8')).toBe('content');
    writeFileSync(join(there, 'kept'), 'back');
    expect(await cp(`:${there}/link`, join(here, 'link'))).toEqual(done);
    expect(readlinkSync(join(here, 'link'))).toBe('real');
    expect(readFileSync(join(here, 'real'), 'utf8')).toBe('back');
  });

  test('--no-clobber replaces none, on either side', async () => {
    const { here, there } = folders();
    writeFileSync(join(here, 'a'), 'mine');
    writeFileSync(join(there, 'a'), 'theirs');
    for (const words of [
      [join(here, 'a'), `:${there}`],
      [`:${there}/a`, here],
      [`:${there}/a`, `:${here}/a`],
    ]) {
      const { code, stderr } = await cp(...words, '--no-clobber');
      expect(stderr).toContain('is there already (--no-clobber)');
      expect(code).toBe(1);
    }
    expect(readFileSync(join(here, 'a'), 'utf8')).toBe('mine');
    expect(readFileSync(join(there, 'a'), 'utf8')).toBe('theirs');
    expect(await cp(join(here, 'a'), `:${there}/new`, '--no-clobber')).toEqual(done);
    expect(await cp(`:${there}/new`, join(here, 'new'), '--no-clobber')).toEqual(done);
    expect(readdirSync(here).toSorted()).toEqual(['a', 'new']);
  });

  test('an empty one, one with a name like a profile, and one whose size says 0 although it has bytes', async () => {
    const { here, there } = folders();
    writeFileSync(join(here, 'a:b'), '');
    expect(await world.cli(['cp', './a:b', `:${there}`], { cwd: here })).toEqual(done);
    expect(readFileSync(join(there, 'a:b'), 'utf8')).toBe('');
    expect(await cp('/proc/version', `:${there}/version`)).toEqual(done);
    expect(await cp(':/proc/version', join(here, 'version'))).toEqual(done);
    const version = readFileSync('/proc/version', 'utf8');
    expect(version).not.toBe('');
    expect(readFileSync(join(there, 'version'), 'utf8')).toBe(version);
    expect(readFileSync(join(here, 'version'), 'utf8')).toBe(version);
  });

  test('what is not copied is told in a line each, the others are, and --json is one document', async () => {
    const { here, there } = folders();
    writeFileSync(join(here, 'a'), 'abc');
    mkdirSync(join(here, 'folder'));
    Bun.spawnSync(['mkfifo', join(here, 'pipe')]);
    const sources = ['none', 'a', 'folder', 'pipe'].map((name) => join(here, name));
    const { code, stdout, stderr } = await cp(...sources, `:${there}`, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      copied: [{ from: join(here, 'a'), to: `:${there}/a`, type: 'file', files: 1, bytes: 3 }],
      failed: [
        { from: join(here, 'none'), error: `${join(here, 'none')} is not there` },
        { from: join(here, 'folder'), error: `${join(here, 'folder')} is a folder; copy it with -r` },
        {
          from: join(here, 'pipe'),
          error: `${join(here, 'pipe')} is a pipe, a socket or a device, which is not copied`,
        },
      ],
    });
    expect(stderr.trimEnd().split('\n')).toHaveLength(3);
  });

  test('refusals say what is wrong', async () => {
    const { here, there } = folders();
    writeFileSync(join(here, 'a'), 'abc');
    mkdirSync(join(there, 'a'));
    for (const [words, sentence] of [
      [[join(here, 'a'), `:${there}`], `:${there}/a is a folder, and ${join(here, 'a')} is a file`],
      [['-r', `:${there}/a`, join(here, 'a')], `${join(here, 'a')} is a file, and :${there}/a a folder`],
      [[join(here, 'a'), `:${there}/no/`], `there is no folder :${there}/no/`],
      [[join(here, 'a'), `:${there}/no/a`], /says: there is no such folder to put it in$/m],
      [[`:${here}/a`, join(there, 'no', 'a')], `there is no folder ${join(there, 'no')} to put it in`],
      [['-r', `:${there}/a`, join(there, 'no', 'a')], `there is no folder ${join(there, 'no')} to put it in`],
      [['-r', there, `:${there}/no/a`], `there is no folder :${there}/no to put it in`],
      [[join(here, 'a'), join(here, 'a'), `:${there}/no`], 'is no folder that could hold several copies'],
      [[join(here, 'a'), ':rel'], 'path must be absolute'],
      [[join(here, 'a'), 'nobody:/x'], 'there is no profile "nobody" (named before the path)'],
      [[`:${here}/a`, `:${here}/./a`], 'are the same file'],
    ] as const) {
      const { code, stdout, stderr } = await cp(...words);
      if (typeof sentence === 'string') expect(stderr).toContain(sentence);
      else expect(stderr).toMatch(sentence);
      expect(stderr.trimEnd().split('\n')).toHaveLength(words.filter((word) => word !== '-r').length - 1);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    }
    expect(readdirSync(there)).toEqual(['a']);
  });
});

describe('folders', () => {
  function nasty(root: string): void {
    mkdirSync(join(root, 'empty'), { recursive: true });
    mkdirSync(join(root, 'a b', 'ü\n"\\*'), { recursive: true });
    mkdirSync(join(root, 'l'.repeat(200), 'm'.repeat(120)), { recursive: true });
    for (const name of ['-r', '.hidden', 'a:b', '$(x)', 'ends with space ', 'x'.repeat(250)])
      writeFileSync(join(root, name), name);
    writeFileSync(join(root, 'a b', 'ü\n"\\*', 'deep'), 'deep');
    writeFileSync(Buffer.concat([Buffer.from(`${root}/no-utf8-`), Buffer.from([0xff, 0xfe])]), 'bytes');
    symlinkSync('a b', join(root, 'link'));
    symlinkSync('nowhere', join(root, 'dangling'));
    chmodSync(join(root, 'empty'), 0o750);
    chmodSync(join(root, '-r'), 0o600);
    utimesSync(join(root, '-r'), 1_000_000_000, 1_000_000_000);
    utimesSync(join(root, 'empty'), 1_000_000_000, 1_000_000_000);
    chmodSync(root, 0o700);
    utimesSync(root, 1_100_000_000, 1_100_000_000);
  }

  test('nasty names, links, empty folders, modes and times, there and back', async () => {
    const { here, there } = folders();
    const tree = join(here, 'tree');
    nasty(tree);
    const wanted = folderOf(tree);
    expect(wanted.length).toBeGreaterThan(15);
    expect(await cp('-r', tree, `:${there}/new`)).toEqual(done);
    expect(folderOf(join(there, 'new'))).toEqual(wanted);
    expect(await cp('-r', `:${there}/new`, join(here, 'back'))).toEqual(done);
    expect(folderOf(join(here, 'back'))).toEqual(wanted);
    expect(await cp('-r', `:${there}/new`, `:${there}/again`)).toEqual(done);
    expect(folderOf(join(there, 'again')).length).toBe(wanted.length);
  });

  test('1,000 files, and how many they were', async () => {
    const { here, there } = folders();
    for (let index = 0; index < 1000; index += 1) {
      const folder = join(here, 'many', String(index % 37));
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, String(index)), String(index).repeat(index % 50));
    }
    const wanted = folderOf(join(here, 'many'));
    const sent = await cp('-r', join(here, 'many'), `:${there}`, '--json');
    expect(JSON.parse(sent.stdout)).toMatchObject({ copied: [{ to: `:${there}/many`, type: 'folder', files: 1000 }] });
    expect(folderOf(join(there, 'many'))).toEqual(wanted);
    const got = await cp('-r', `:${there}/many`, join(here, 'back'), '--json');
    expect(JSON.parse(got.stdout)).toMatchObject({ copied: [{ files: 1000 }], failed: [] });
    expect(folderOf(join(here, 'back'))).toEqual(wanted);
  });

  test('into a folder that is there: under its own name, with /. into it, over what is there, leaving the rest', async () => {
    const { here, there } = folders();
    mkdirSync(join(here, 'tree', 'sub'), { recursive: true });
    writeFileSync(join(here, 'tree', 'sub', 'a'), 'new');
    mkdirSync(join(there, 'tree', 'sub'), { recursive: true });
    writeFileSync(join(there, 'tree', 'sub', 'a'), 'older');
    writeFileSync(join(there, 'tree', 'sub', 'b'), 'kept');
    const read = (...names: string[]) => readFileSync(join(...names), 'utf8');
    const refused = await cp('-r', join(here, 'tree'), `:${there}`, '--no-clobber');
    expect(refused.stderr).toContain('nothing of the folder is copied (--no-clobber)');
    expect(read(there, 'tree', 'sub', 'a')).toBe('older');
    expect(await cp('-r', join(here, 'tree'), `:${there}`)).toEqual(done);
    expect([read(there, 'tree', 'sub', 'a'), read(there, 'tree', 'sub', 'b')]).toEqual(['new', 'kept']);
    expect(await cp('-r', `${here}/tree/.`, `:${there}`)).toEqual(done);
    expect(read(there, 'sub', 'a')).toBe('new');
    writeFileSync(join(here, 'tree', 'sub', 'a'), 'mine');
    const again = await cp('-r', `:${there}/tree/.`, join(here, 'tree'), '--no-clobber');
    expect(again.stderr).toContain('nothing of the folder is copied (--no-clobber)');
    expect(read(here, 'tree', 'sub', 'a')).toBe('mine');
    expect(await cp('-r', `:${there}/tree/.`, join(here, 'tree'))).toEqual(done);
    expect([read(here, 'tree', 'sub', 'a'), read(here, 'tree', 'sub', 'b')]).toEqual(['new', 'kept']);
    writeFileSync(join(there, 'tree', 'sub', 'a'), 'newest');
    expect(await cp('-r', `:${there}/tree/.`, `:${there}`)).toEqual(done);
    expect(read(there, 'sub', 'a')).toBe('newest');
  });

  test('--exclude leaves out, both ways', async () => {
    const { here, there } = folders();
    for (const name of ['node_modules', 'src']) {
      mkdirSync(join(here, 'tree', name), { recursive: true });
      for (const file of ['a.log', 'a.ts']) writeFileSync(join(here, 'tree', name, file), '');
    }
    const out = ['--exclude', 'node_modules/', '--exclude', '*.log'];
    expect(await cp('-r', join(here, 'tree'), `:${there}/up`, ...out)).toEqual(done);
    expect(namesBelow(join(there, 'up'))).toEqual(['src', 'src/a.ts']);
    expect(await cp('-r', `:${here}/tree`, join(there, 'down'), ...out)).toEqual(done);
    expect(namesBelow(join(there, 'down'))).toEqual(['src', 'src/a.ts']);
    expect(await cp('-r', `:${here}/tree`, `:${there}/across`, ...out)).toEqual(done);
    expect(namesBelow(join(there, 'across'))).toEqual(['src', 'src/a.ts']);
  });

  test('a link that leads out refuses the folder, both ways, and nothing of it is left', async () => {
    const { here, there } = folders();
    mkdirSync(join(here, 'tree'));
    writeFileSync(join(here, 'tree', 'big'), new Uint8Array(5_000_000));
    symlinkSync('/etc', join(here, 'tree', 'out'));
    for (const words of [
      [join(here, 'tree'), `:${there}/tree`],
      [`:${here}/tree`, join(there, 'tree')],
    ]) {
      const { code, stderr } = await cp('-r', ...words);
      expect(stderr).toContain('leads out');
      expect(stderr).toContain('leave it out with --exclude');
      expect(code).toBe(1);
      expect(readdirSync(there)).toEqual([]);
      expect((await cp('-r', ...words, '--exclude', '/out')).code).toBe(0);
      expect(readdirSync(join(there, 'tree'))).toEqual(['big']);
      execFileSync('rm', ['-r', join(there, 'tree')]);
    }
  });

  test('what is no file is told, the rest is copied, and its own file of that name stays', async () => {
    const { here, there } = folders();
    mkdirSync(join(here, 'tree'));
    writeFileSync(join(here, 'tree', 'a'), 'a');
    writeFileSync(join(here, 'tree', '.agent-server-errors.txt'), 'my own words\n');
    Bun.spawnSync(['mkfifo', join(here, 'tree', 'pipe')]);
    const sent = await cp('-r', join(here, 'tree'), `:${there}/up`, '--json');
    expect(sent.code).toBe(1);
    expect(sent.stderr).toContain('not copied: "pipe": it is a pipe');
    expect(JSON.parse(sent.stdout)).toMatchObject({ copied: [{ files: 2, bytes: 14 }] });
    expect(readFileSync(join(there, 'up', '.agent-server-errors.txt'), 'utf8')).toBe('my own words\n');
    execFileSync('rm', [join(here, 'tree', '.agent-server-errors.txt')]);
    const got = await cp('-r', `:${here}/tree`, join(there, 'down'), '--json');
    expect(got.code).toBe(1);
    expect(got.stderr).toContain('not copied: "pipe": it is a pipe');
    expect(JSON.parse(got.stdout)).toMatchObject({ copied: [{ files: 1, bytes: 1 }] });
    expect(readdirSync(join(there, 'down'))).toEqual(['a']);
  });
});

test('on one server the server copies, and between two it goes through here', async () => {
  const { here, there } = folders();
  await using other = await World.start();
  expect((await world.cli(['login', 'other', other.url], { stdin: other.key })).code).toBe(0);
  writeFileSync(join(there, 'a'), new Uint8Array(3_000_000).fill(7));
  chmodSync(join(there, 'a'), 0o640);
  utimesSync(join(there, 'a'), 1_000_000_000, 1_000_000_000);
  mkdirSync(join(there, 'tree', 'empty'), { recursive: true });
  writeFileSync(join(there, 'tree', 'b'), 'b');
  symlinkSync('b', join(there, 'tree', 'link'));
  symlinkSync('a', join(there, 'link'));
  expect(await cp(`:${there}/a`, `:${there}/copy`)).toEqual(done);
  expect(await cp(`:${there}/link`, `:${there}/followed`)).toEqual(done);
  expect(await cp('-r', `:${there}/a`, `:${there}/tree`, `other:${here}`)).toEqual(done);
  for (const path of [join(there, 'copy'), join(there, 'followed'), join(here, 'a')]) {
    expect(lstatSync(path).isFile()).toBe(true);
    expect(hashOf(path)).toBe(hashOf(join(there, 'a')));
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(statSync(path).mtimeMs).toBe(1_000_000_000_000);
  }
  expect(readdirSync(join(here, 'tree')).toSorted()).toEqual(['b', 'empty', 'link']);
  expect(readlinkSync(join(here, 'tree', 'link'))).toBe('b');
  expect(existsSync(join(here, 'tree', '.agent-server-errors.txt'))).toBe(false);
});
