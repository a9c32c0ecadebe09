/** Folders that are not watched, or no more, and those that are looked at again and again instead. */
import { expect, test } from 'bun:test';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fail, ok } from '../../../src/core/failure.ts';
import { watching } from '../../../src/platform/watching/index.ts';
import { toldBy, World } from './world.ts';

test('a folder with too many folders is not watched; one that grows ends its watch with an overflow', async () => {
  using world = new World({ maxFolders: 3 });
  for (const folder of ['a', 'b']) mkdirSync(world.path(folder));
  {
    using follower = await world.reader();
    mkdirSync(world.path('c'));
    await toldBy(follower, 'overflow');
    expect(follower.source.ended).toBe(true);
  }
  expect(await world.open()).toEqual(fail({ reason: 'too-many-folders', limit: 3 }));
  using some = await world.reader({ exclude: ['c'] });
  expect(some.told()).toEqual(['ready']);
});

test('a system that watches no more folders is said so, at the beginning and later', async () => {
  const refusal = fail({ reason: 'system-limit', detail: 'raise it' } as const);
  let left = 2;
  using world = new World({
    watching: {
      ...watching,
      open(root, receiver) {
        const opened = watching.open(root, receiver);
        if (!opened.ok) return opened;
        const source = opened.value;
        return ok({
          add: (folder) => ((left -= 1) < 0 ? refusal : source.add(folder)),
          remove: (folder) => source.remove(folder),
          [Symbol.dispose]: () => source[Symbol.dispose](),
        });
      },
    },
  });
  mkdirSync(world.path('a'));
  using follower = await world.reader();
  mkdirSync(world.path('b'));
  await toldBy(follower, 'overflow');
  expect(follower.source.ended).toBe(true);
  expect(await world.open()).toEqual(refusal);
});

test('a file system that others change unseen needs poll, and is then looked at again and again', async () => {
  using world = new World({ watching: { ...watching, isRemote: () => true } });
  mkdirSync(world.path('a', 'b', 'c'), { recursive: true });
  writeFileSync(world.path('a', 'x'), '');
  writeFileSync(world.path('a', 'b', 'c', 'deep'), '');
  expect(await world.open()).toEqual(fail({ reason: 'is-remote', path: world.root }));
  using follower = await world.reader({ pollSeconds: 1 });
  writeFileSync(world.path('a', 'b', 'c', 'deep'), 'changed');
  writeFileSync(world.path('a', 'x'), 'changed');
  writeFileSync(world.path('a', 'y'), '');
  await toldBy(follower, 'create a/y');
  expect(follower.told()).toContain('change a/x');
  expect(follower.told()).toContain('change a/b/c/deep');
});

test('what is no folder, or is not there, is not watched', async () => {
  using world = new World();
  writeFileSync(world.path('file'), '');
  expect(await world.open({ root: world.path('file') })).toEqual(fail({ reason: 'is-no-folder' }));
  expect(await world.open({ root: world.path('absent') })).toEqual(fail({ reason: 'gone' }));
});
