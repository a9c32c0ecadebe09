/** What `/health` tells of the disk and the folders that all rooms store in. */
import { describe, expect, test } from 'bun:test';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDisk } from '../../src/app/disk.ts';
import type { Base } from '../../src/app/feature.ts';
import { Sandbox } from '../support/sandbox.ts';
import { SmallDisk, smallDiskMissing } from '../support/small-disk.ts';

const problemsIn = (dataPath: string, ...folders: string[]) =>
  openDisk({ config: { dataPath } } as unknown as Base, [{ folders }, {}]).problems?.();

const whyNot = smallDiskMissing();
if (whyNot !== undefined) console.warn(`full and read-only disks are not tested: none can be mounted here (${whyNot})`);

test('nothing where all is well', () => {
  using box = new Sandbox();
  mkdirSync(box.file('jobs'));
  expect(problemsIn(box.path, box.file('jobs'))).toEqual([]);
});

test('a folder that is gone, and only the first of more', () => {
  using box = new Sandbox();
  expect(problemsIn(box.path, box.file('jobs'), box.file('terminals'))).toEqual([
    `nothing new can be stored in ${box.file('jobs')}: ENOENT: no such file or directory`,
  ]);
});

describe.skipIf(whyNot !== undefined)('a disk', () => {
  test('that is full', () => {
    using disk = new SmallDisk();
    disk.fill();
    expect(problemsIn(disk.path)).toEqual([expect.stringContaining('is full')]);
  });

  test('that has become read-only', () => {
    using disk = new SmallDisk();
    expect(Bun.spawnSync(['mount', '-o', 'remount,ro', disk.path]).exitCode).toBe(0);
    expect(problemsIn(disk.path)).toEqual([`nothing new can be stored in ${disk.path}: EROFS: read-only file system`]);
  });

  test('that has room, but for no further file', () => {
    using disk = new SmallDisk(',nr_inodes=20');
    const names = Array.from({ length: 20 }, (_, n) => join(disk.path, `file-${n}`));
    expect(() => names.forEach((name) => writeFileSync(name, ''))).toThrow('ENOSPC');
    expect(problemsIn(disk.path)).toEqual([expect.stringContaining('has no inodes left')]);
    rmSync(names[0] ?? '');
    expect(problemsIn(disk.path)).toEqual([]);
  });
});
