import { expect, test } from 'bun:test';
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { StagedFile } from '../../../src/files/write/staged-file.ts';
import { WriteWorld } from './world.ts';

const sha256 = (text: string) => new Bun.CryptoHasher('sha256').update(text).digest('hex');
const reasonOf = (result: { ok: true } | { ok: false; failure: { reason: string } }) =>
  result.ok ? 'ok' : result.failure.reason;

test('a new file is under its name when it is whole, and answers its hash', async () => {
  using world = new WriteWorld();
  {
    await using staged = await world.staged('a');
    expect(await staged.write(Buffer.from('new '))).toMatchObject({ ok: true });
    expect(await staged.write(Buffer.from('bytes'))).toMatchObject({ ok: true });
    expect(readdirSync(world.folder)).toEqual(world.left);
    expect(world.left).toHaveLength(1);
    expect(world.noted).toHaveLength(1);
    const written = await staged.finish();
    expect(written).toMatchObject({
      ok: true,
      value: { made: true, sha256: sha256('new bytes'), entry: { size: 9, type: 'file', name: 'a' } },
    });
  }
  expect(readdirSync(world.folder)).toEqual(['a']);
  expect(readFileSync(world.path('a'), 'utf8')).toBe('new bytes');
  expect(world.noted).toEqual([]);
});

test('what is not finished leaves the old file, and nothing else', async () => {
  using world = new WriteWorld();
  writeFileSync(world.path('a'), 'old');
  {
    await using staged = await world.staged('a');
    await staged.write(Buffer.from('new'));
  }
  expect(readdirSync(world.folder)).toEqual(['a']);
  expect(readFileSync(world.path('a'), 'utf8')).toBe('old');
  expect(world.noted).toEqual([]);
});

test('mode and owner of the old file stay, without the rights of a program of its owner', async () => {
  using world = new WriteWorld();
  writeFileSync(world.path('a'), 'old');
  const mayGiveAway = process.getuid?.() === 0;
  if (mayGiveAway) chownSync(world.path('a'), 1234, 2345);
  else process.stdout.write('owners are not tried: not root\n');
  chmodSync(world.path('a'), 0o4751);
  await world.write('a', 'new');
  const { mode, uid, gid } = statSync(world.path('a'));
  expect(mode & 0o7777).toBe(0o751);
  if (!mayGiveAway) return;
  expect([uid, gid]).toEqual([1234, 2345]);
  chownSync(world.path('a'), process.getuid?.() ?? 0, 2345);
  await world.write('a', 'newer');
  expect(statSync(world.path('a')).gid).toBe(2345);
});

test('a mode that is asked for is set exactly, whatever the umask', async () => {
  using world = new WriteWorld();
  await using staged = await world.staged('a', { mode: 0o666 });
  expect(await staged.finish()).toMatchObject({ ok: true, value: { entry: { mode: 0o666 } } });
});

test('a link is followed to its end and stays one, also one to nothing; a second name keeps the old bytes', async () => {
  using world = new WriteWorld();
  mkdirSync(world.path('deep'));
  writeFileSync(world.path('deep/real'), 'old');
  linkSync(world.path('deep/real'), world.path('second'));
  symlinkSync('deep/real', world.path('one'));
  symlinkSync('one', world.path('two'));
  symlinkSync('deep/made', world.path('dangling'));
  await world.write('two', 'new');
  await world.write('dangling', 'made');
  expect(readlinkSync(world.path('two'))).toBe('one');
  expect(readFileSync(world.path('deep/real'), 'utf8')).toBe('new');
  expect(readFileSync(world.path('second'), 'utf8')).toBe('old');
  expect(readFileSync(world.path('deep/made'), 'utf8')).toBe('made');
  expect(world.left).toEqual([]);
});

test('only the expected version is replaced', async () => {
  using world = new WriteWorld();
  writeFileSync(world.path('a'), 'old');
  const finish = async (name: string, expected: Parameters<StagedFile['finish']>[0]) => {
    await using staged = await world.staged(name);
    await staged.write(Buffer.from('new'));
    return await staged.finish(expected);
  };
  expect(reasonOf(await finish('a', 'none'))).toBe('version-differs');
  expect(reasonOf(await finish('a', () => false))).toBe('version-differs');
  expect(reasonOf(await finish('absent', () => true))).toBe('version-differs');
  expect(readFileSync(world.path('a'), 'utf8')).toBe('old');
  expect(readdirSync(world.folder)).toEqual(['a']);
  expect(reasonOf(await finish('a', () => true))).toBe('ok');
  expect(await finish('absent', 'none')).toMatchObject({ ok: true, value: { made: true } });
  expect(statSync(world.path('absent')).nlink).toBe(1);
  expect(readdirSync(world.folder).toSorted()).toEqual(['a', 'absent']);
});

test('of many that make one file, one does', async () => {
  using world = new WriteWorld();
  const ends = await Promise.all(
    Array.from({ length: 20 }, async (_, at) => {
      await using staged = await world.staged('a');
      await staged.write(Buffer.from(String(at)));
      return reasonOf(await staged.finish('none'));
    }),
  );
  expect(ends.filter((end) => end === 'ok')).toHaveLength(1);
  expect(ends.filter((end) => end === 'version-differs')).toHaveLength(19);
  expect(readFileSync(world.path('a'), 'utf8')).toBe(String(ends.indexOf('ok')));
});

test('a folder, a pipe, a missing parent and a parent that is a file are refused', async () => {
  using world = new WriteWorld();
  mkdirSync(world.path('folder'));
  writeFileSync(world.path('file'), '');
  Bun.spawnSync(['mkfifo', world.path('pipe')]);
  const refusal = async (name: string) =>
    reasonOf(await StagedFile.create(world.writing, world.reach, world.find(name)));
  expect(await refusal('folder')).toBe('is-folder');
  expect(await refusal('pipe')).toBe('is-no-file');
  expect(await refusal('absent/a')).toBe('parent-missing');
  expect(await refusal('.')).toBe('protected');
  expect(world.noted).toEqual([]);
  await using staged = await world.staged('x/y/z', { mkdirs: true });
  expect(await staged.finish()).toMatchObject({ ok: true });
  expect(statSync(world.path('x/y')).mode & 0o777 & ~0o755).toBe(0);
});

test('a folder that becomes a link out of the roots while it is written is refused', async () => {
  using world = new WriteWorld();
  mkdirSync(world.path('folder'));
  mkdirSync(join(world.root, 'outside'));
  writeFileSync(join(world.root, 'outside', 'a'), 'theirs');
  {
    await using staged = await world.staged('folder/a');
    await staged.write(Buffer.from('ours'));
    renameSync(world.path('folder'), world.path('moved'));
    symlinkSync('../outside', world.path('folder'));
    expect(reasonOf(await staged.finish())).toBe('outside-roots');
  }
  expect(readFileSync(join(world.root, 'outside', 'a'), 'utf8')).toBe('theirs');
  expect(readdirSync(join(world.root, 'outside'))).toEqual(['a']);
});

test('names that are no UTF-8, and names as long as may be', async () => {
  using world = new WriteWorld();
  const bytes = Buffer.concat([Buffer.from(`${world.folder}/n`), Buffer.from([0xff, 0xe9])]);
  {
    await using staged = await world.staged({ bytes });
    await staged.write(Buffer.from('x'));
    expect(await staged.finish()).toMatchObject({ ok: true });
  }
  expect(readFileSync(bytes, 'utf8')).toBe('x');
  await world.write('ü'.repeat(127), 'long');
  expect(readFileSync(world.path('ü'.repeat(127)), 'utf8')).toBe('long');
});

test('more than there is room for is refused at once, and while it is written', async () => {
  using world = new WriteWorld({ keep: Number.MAX_SAFE_INTEGER });
  const refused = await StagedFile.create(world.writing, world.reach, world.find('a'));
  expect(reasonOf(refused)).toBe('no-room');
  expect(readdirSync(world.folder)).toEqual([]);
});
