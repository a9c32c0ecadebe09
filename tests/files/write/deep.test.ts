/** Deep trees: what is looked at for one does not grow with the square of its depth, and one may be deeper than a path is long. */
import { expect, spyOn, test } from 'bun:test';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { archiveStream } from '../../../src/files/archive/archive-stream.ts';
import { entriesOf } from '../../../src/files/archive/folder-entries.ts';
import { Unpacking } from '../../../src/files/archive/unpacking.ts';
import { CopyRun } from '../../../src/files/write/copy-run.ts';
import { remove } from '../../../src/files/write/remove.ts';
import { WriteWorld } from './world.ts';

const KNOWS_DESCRIPTORS = existsSync('/proc/self/fd');
if (!KNOWS_DESCRIPTORS)
  console.warn('trees that no path can name are not tested: this system has no names for descriptors');

const copied = (world: WriteWorld, from: string, to: string, follow = false) =>
  new CopyRun(world.writing, world.reach, world.find(from), world.find(to), {
    recursive: true,
    overwrite: false,
    follow,
  }).ended;

const archived = (world: WriteWorld, name: string) =>
  archiveStream(
    entriesOf(world.reach, world.find(name), { exclude: [], ignore: false }, () => 0),
    'tar',
    new AbortController().signal,
  );

async function unpacked(world: WriteWorld, to: string, archive: AsyncIterable<Uint8Array>, overwrite: boolean) {
  const opened = await Unpacking.create(world.writing, world.reach, world.find(to), { format: 'tar', overwrite });
  if (!opened.ok) return opened;
  await using unpacking = opened.value;
  for await (const piece of archive) await unpacking.write(piece);
  return await unpacking.finish();
}

const levels = (top: string, depth: number) => join(top, ...Array.from({ length: depth - 1 }, () => 'd'));

test('copied, archived, unpacked and deleted, a path is followed from its root as often at any depth', async () => {
  const seen = new Map<number, number[]>();
  for (const depth of [20, 200]) {
    using world = new WriteWorld();
    mkdirSync(world.path(levels('tree', depth)), { recursive: true });
    writeFileSync(world.path(join(levels('tree', depth), 'end')), 'end');
    const end = (name: string) => readFileSync(world.path(join(levels(name, depth), 'end')), 'utf8');
    using looks = spyOn(world.reach, 'at');
    const counts: number[] = [];
    const counted = async (action: () => Promise<{ readonly ok: boolean }>) => {
      looks.mockClear();
      expect(await action()).toMatchObject({ ok: true });
      counts.push(looks.mock.calls.length);
    };
    await counted(() => copied(world, 'tree', 'copy'));
    await counted(() => unpacked(world, 'new', archived(world, 'tree'), false));
    await counted(() => unpacked(world, 'new', archived(world, 'tree'), true));
    expect([end('copy'), end('new')]).toEqual(['end', 'end']);
    await counted(() => remove(world.writing, world.reach, world.find('tree'), { recursive: true }));
    expect(readdirSync(world.folder).toSorted()).toEqual(['copy', 'new']);
    seen.set(depth, counts);
  }
  expect(seen.get(200)).toEqual(seen.get(20));
});

test.skipIf(!KNOWS_DESCRIPTORS)('a tree that is deeper than any path is copied, archived and deleted', async () => {
  using world = new WriteWorld();
  const chain = Array(12).fill('l'.repeat(200)).join('/');
  for (const top of ['tree', 'more']) mkdirSync(world.path(join(top, chain)), { recursive: true });
  writeFileSync(world.path(join('more', chain, 'end')), 'end');
  renameSync(world.path('more'), world.path(join('tree', chain, 'more')));
  expect(await copied(world, 'tree', 'copy')).toEqual({ ok: true, value: { files: 1, bytes: 3 } });
  const archive = await new Response(archived(world, 'tree')).text();
  expect(archive).toContain('/end');
  expect(archive).not.toContain('.agent-server-errors.txt');
  for (const name of ['tree', 'copy'])
    expect(await remove(world.writing, world.reach, world.find(name), { recursive: true })).toEqual({
      ok: true,
      value: 27,
    });
  expect(readdirSync(world.folder)).toEqual([]);
});

test('links that are followed back to where they are end the copy, of which nothing is left', async () => {
  using world = new WriteWorld();
  mkdirSync(world.path('tree'));
  symlinkSync('.', world.path('tree/self'));
  expect(await copied(world, 'tree', 'copy', true)).toEqual({
    ok: false,
    failure: { reason: 'path-invalid', detail: 'that folder has links that lead back into it' },
  });
  expect(readdirSync(world.folder)).toEqual(['tree']);
});
