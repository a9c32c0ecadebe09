/** A move to another disk: copied and synced, then removed. */
import { describe, expect, test } from 'bun:test';
import {
  existsSync,
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
import { Places } from '../../../src/files/place.ts';
import { move } from '../../../src/files/write/move.ts';
import { remove } from '../../../src/files/write/remove.ts';
import { SmallDisk, smallDiskMissing } from '../../support/small-disk.ts';
import { WriteWorld } from './world.ts';

const whyNot = smallDiskMissing();
if (whyNot !== undefined) console.warn(`another disk is not tested: none can be mounted here (${whyNot})`);

describe.skipIf(whyNot !== undefined)('another disk', () => {
  const reach = new Places({ roots: undefined, own: [] }).reach({ roots: undefined, mayUseOwn: true });
  const find = (path: string) => {
    const place = reach.find({ text: path }, false);
    if (!place.ok) throw new Error(place.failure.reason);
    return place.value;
  };
  const moving = (
    world: WriteWorld,
    from: string,
    to: string,
    signal = new AbortController().signal,
    overwrite = false,
  ) => move(world.writing, reach, find(from), find(to), { overwrite }, signal);

  test('a folder is there with all that was in it, and the old one is gone', async () => {
    using disk = new SmallDisk();
    using world = new WriteWorld();
    mkdirSync(world.path('tree/deep'), { recursive: true });
    writeFileSync(world.path('tree/deep/a'), 'content', { mode: 0o640 });
    utimesSync(world.path('tree/deep/a'), 1_000_000_000, 1_000_000_000);
    symlinkSync('deep/a', world.path('tree/link'));
    const to = join(disk.path, 'moved');
    expect(await moving(world, world.path('tree'), to)).toMatchObject({ ok: true, value: { copied: true } });
    expect(existsSync(world.path('tree'))).toBe(false);
    expect([readFileSync(join(to, 'deep/a'), 'utf8'), readlinkSync(join(to, 'link'))]).toEqual(['content', 'deep/a']);
    const { mode, mtimeMs } = statSync(join(to, 'deep/a'));
    expect([mode & 0o777, mtimeMs]).toEqual([0o640, 1_000_000_000_000]);
    expect(readdirSync(disk.path)).toEqual(['moved']);
  });

  test('what does not fit, or is given up, stays where it is', async () => {
    using disk = new SmallDisk();
    using world = new WriteWorld();
    writeFileSync(world.path('big'), new Uint8Array(9_000_000));
    const full = await moving(world, world.path('big'), join(disk.path, 'big'));
    expect(full).toMatchObject({ ok: false, failure: { reason: expect.stringMatching(/^(no-room|disk-full)$/) } });
    writeFileSync(world.path('small'), 'small');
    const aborted = await moving(world, world.path('small'), join(disk.path, 'small'), AbortSignal.abort());
    expect(aborted).toMatchObject({ ok: false, failure: { reason: 'aborted' } });
    expect(readdirSync(world.folder).toSorted()).toEqual(['big', 'small']);
    expect(readdirSync(disk.path)).toEqual([]);
    expect(world.noted).toEqual([]);
  });

  test('an empty folder stays where what was to take its place does not come', async () => {
    using disk = new SmallDisk();
    using world = new WriteWorld();
    mkdirSync(world.path('from'));
    writeFileSync(world.path('from/a'), 'a');
    const to = join(disk.path, 'to');
    mkdirSync(to, { mode: 0o750 });
    const { ino } = statSync(to);
    const aborted = await moving(world, world.path('from'), to, AbortSignal.abort(), true);
    expect(aborted).toMatchObject({ ok: false, failure: { reason: 'aborted' } });
    expect([statSync(to).ino, readdirSync(disk.path), readdirSync(to)]).toEqual([ino, ['to'], []]);
    expect(await moving(world, world.path('from'), to, undefined, true)).toMatchObject({ ok: true });
    expect(readFileSync(join(to, 'a'), 'utf8')).toBe('a');
    mkdirSync(world.path('from'));
    const full = await moving(world, world.path('from'), to, undefined, true);
    expect(full).toMatchObject({ ok: false, failure: { reason: 'not-empty' } });
  });

  test('nothing of another folder of the same disk is removed or moved where that is mounted', async () => {
    using world = new WriteWorld();
    mkdirSync(world.path('precious'));
    writeFileSync(world.path('precious/a'), 'a');
    const mounted = world.path('holder/with a space/mounted');
    mkdirSync(mounted, { recursive: true });
    expect(Bun.spawnSync(['mount', '--bind', world.path('precious'), mounted]).exitCode).toBe(0);
    const refused = { ok: false, failure: { reason: 'protected' } };
    try {
      for (const path of [mounted, world.path('holder/with a space'), world.path('holder')])
        expect(await remove(world.writing, reach, find(path), { recursive: true })).toMatchObject(refused);
      expect(await moving(world, world.path('holder'), world.path('moved'))).toMatchObject(refused);
      expect(readdirSync(world.path('precious'))).toEqual(['a']);
    } finally {
      Bun.spawnSync(['umount', mounted]);
    }
    expect(await remove(world.writing, reach, find(world.path('holder')), { recursive: true })).toEqual({
      ok: true,
      value: 3,
    });
  });

  test('where it is mounted nothing is removed, nor what holds that', async () => {
    using disk = new SmallDisk();
    using world = new WriteWorld();
    writeFileSync(join(disk.path, 'a'), 'a');
    const mounted = world.path('holder/mounted');
    mkdirSync(mounted, { recursive: true });
    expect(Bun.spawnSync(['mount', '--bind', disk.path, mounted]).exitCode).toBe(0);
    try {
      for (const path of [mounted, world.path('holder'), disk.path])
        expect(await remove(world.writing, reach, find(path), { recursive: true })).toMatchObject({
          ok: false,
          failure: { reason: 'protected' },
        });
      expect(readdirSync(disk.path)).toEqual(['a']);
    } finally {
      Bun.spawnSync(['umount', mounted]);
    }
  });
});
