/** A disk that has no room leaves the old file as it is. */
import { describe, expect, test } from 'bun:test';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Places } from '../../../src/files/place.ts';
import { BatchNotes } from '../../../src/files/write/batch-notes.ts';
import { CopyRun } from '../../../src/files/write/copy-run.ts';
import { InPlaceFile } from '../../../src/files/write/in-place.ts';
import { StagedFile } from '../../../src/files/write/staged-file.ts';
import { StagedNames } from '../../../src/files/write/staged-names.ts';
import { SmallDisk, smallDiskMissing } from '../../support/small-disk.ts';
import { WriteWorld } from './world.ts';

const whyNot = smallDiskMissing();
if (whyNot !== undefined) console.warn(`a full disk is not tested: no small disk can be mounted here (${whyNot})`);
const PIECE = new Uint8Array(256 * 1024).fill(1);

interface Writer extends AsyncDisposable {
  write(
    piece: Uint8Array,
  ): Promise<{ readonly ok: true } | { readonly ok: false; readonly failure: { readonly reason: string } }>;
}

async function fill(writer: Writer): Promise<string> {
  for (let pieces = 0; pieces < 64; pieces += 1) {
    const written = await writer.write(PIECE);
    if (!written.ok) return written.failure.reason;
  }
  return 'all of it was written';
}

describe.skipIf(whyNot !== undefined)('a disk of 8 MiB', () => {
  const onDisk = (disk: SmallDisk, keep: number) => {
    const world = new WriteWorld({ keep });
    mkdirSync(join(disk.path, 'files'));
    const path = join(disk.path, 'files', 'a');
    writeFileSync(path, 'old');
    const reach = new Places({ roots: undefined, own: [] }).reach({ roots: undefined, mayUseOwn: true });
    const place = reach.find({ text: path }, true);
    if (!place.ok) throw new Error(place.failure.reason);
    return { world, path, reach, place: place.value };
  };

  test('a copy leaves what is to be left, however small its files are', async () => {
    using disk = new SmallDisk();
    const { world, reach } = onDisk(disk, 3_000_000);
    using _world = world;
    mkdirSync(world.path('from'));
    for (let at = 0; at < 32; at += 1) writeFileSync(world.path(`from/${at}`), PIECE);
    const copying = (from: string) => {
      const [source, target] = [world.path(from), join(disk.path, 'copy')].map((text) => reach.find({ text }, false));
      if (source?.ok !== true || target?.ok !== true) throw new Error('not found');
      const options = { recursive: true, follow: false, overwrite: false };
      return new CopyRun(world.writing, reach, source.value, target.value, options).ended;
    };
    const refused = { ok: false, failure: { reason: 'no-room' } };
    expect(await copying('from')).toMatchObject(refused);
    expect(readdirSync(disk.path)).toEqual(['files']);
    writeFileSync(join(disk.path, 'ballast'), new Uint8Array(disk.free - 3_100_000));
    expect(await copying('from/0')).toMatchObject(refused);
    expect(readdirSync(disk.path).toSorted()).toEqual(['ballast', 'files']);
  });

  test.each([
    ['until nothing is left', 0, 'disk-full'],
    ['until less is left than is to be', 3_000_000, 'no-room'],
  ])('a file that is replaced: %s', async (_when, keep, reason) => {
    using disk = new SmallDisk();
    const { world, path, reach, place } = onDisk(disk, keep);
    using _world = world;
    const opened = await StagedFile.create(world.writing, reach, place);
    if (!opened.ok) throw new Error(opened.failure.reason);
    {
      await using staged = opened.value;
      expect(await fill(staged)).toBe(reason);
    }
    expect(readdirSync(join(disk.path, 'files'))).toEqual(['a']);
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(disk.free).toBeGreaterThan(7_000_000);
    const size = 9_000_000;
    const refused = await StagedFile.create(world.writing, reach, place, { size });
    expect(refused).toMatchObject({ ok: false, failure: { reason: 'no-room' } });
  });

  test('a file that is appended to has what it had', async () => {
    using disk = new SmallDisk();
    const { world, path, reach, place } = onDisk(disk, 0);
    using _world = world;
    const opened = await InPlaceFile.openEnd(world.writing, reach, place);
    if (!opened.ok) throw new Error(opened.failure.reason);
    {
      await using file = opened.value;
      expect(await fill(file)).toBe('disk-full');
    }
    expect(readFileSync(path, 'utf8')).toBe('old');
  });

  test('notes that find no room in the data folder keep the write from being begun, and leave nothing', async () => {
    using disk = new SmallDisk();
    using world = new WriteWorld();
    writeFileSync(world.path('a'), 'old');
    const writing = { ...world.writing, names: new StagedNames(join(disk.path, 'staged')) };
    mkdirSync(join(disk.path, 'staged'));
    disk.fill();
    const refused = await StagedFile.create(writing, world.reach, world.find('a'));
    expect(refused).toMatchObject({ ok: false, failure: { reason: 'disk-full' } });
    expect(readdirSync(world.folder)).toEqual(['a']);
    expect(() => new BatchNotes(join(disk.path, 'staged')).note([])).toThrow('ENOSPC');
    expect(readdirSync(join(disk.path, 'staged'))).toEqual([]);
  });
});
