/** What a watch tells, and when it says that something may be missing. */
import { expect, spyOn, test } from 'bun:test';
import { chmodSync, linkSync, mkdirSync, renameSync, rmdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../../src/core/clock.ts';
import { Places } from '../../../src/files/place.ts';
import { waitFor } from '../../support/wait.ts';
import { toldBy, World, type Follower } from './world.ts';

/** Waits for a file that is made now, so that all that was done before has been told. */
async function settled(world: World, follower: Follower): Promise<string[]> {
  const mark = `mark-${crypto.randomUUID()}`;
  writeFileSync(world.path(mark), '');
  await toldBy(follower, `create ${mark}`);
  return follower.told().filter((one) => !one.includes('mark-'));
}

test('it begins with ready, one save is one event, and a rename is a delete and a create', async () => {
  using world = new World();
  using follower = await world.reader();
  expect(follower.told()).toEqual(['ready']);
  for (const text of ['a', 'ab', 'abc']) writeFileSync(world.path('one'), text);
  await toldBy(follower, 'create one');
  writeFileSync(world.path('one'), 'saved again');
  await toldBy(follower, 'change one');
  renameSync(world.path('one'), world.path('two'));
  await toldBy(follower, 'create two');
  rmSync(world.path('two'));
  const told = await settled(world, follower);
  expect(told.slice(0, 3)).toEqual(['ready', 'create one', 'change one']);
  expect(told.slice(3, 5).toSorted()).toEqual(['create two', 'delete one']);
  expect(told.slice(5)).toEqual(['delete two']);
  expect(follower.taken.map(({ id }) => id)).toEqual(follower.taken.map((_, index) => index + 1));
});

test('a file that replaces another one by its name is a change, a folder in the place of a file is another thing', async () => {
  using world = new World();
  writeFileSync(world.path('kept'), 'old');
  using follower = await world.reader();
  writeFileSync(join(world.outside, 'new'), 'new');
  renameSync(join(world.outside, 'new'), world.path('kept'));
  await toldBy(follower, 'change kept');
  rmSync(world.path('kept'));
  mkdirSync(world.path('kept'));
  writeFileSync(world.path('kept', 'in'), '');
  await toldBy(follower, 'create kept/in');
  expect(await settled(world, follower)).toEqual([
    'ready',
    'change kept',
    'delete kept',
    'create kept',
    'create kept/in',
  ]);
});

test('a folder that is moved out is told of with all that was in it, and nothing more of it', async () => {
  using world = new World();
  mkdirSync(world.path('a', 'b'), { recursive: true });
  writeFileSync(world.path('a', 'b', 'c'), '');
  using follower = await world.reader();
  renameSync(world.path('a'), join(world.outside, 'a'));
  await toldBy(follower, 'delete a');
  writeFileSync(join(world.outside, 'a', 'b', 'd'), '');
  expect(await settled(world, follower)).toEqual(['ready', 'delete a/b/c', 'delete a/b', 'delete a']);
  renameSync(join(world.outside, 'a'), world.path('e'));
  await toldBy(follower, 'create e/b/d');
  writeFileSync(world.path('e', 'b', 'f'), '');
  await toldBy(follower, 'create e/b/f');
});

test('a folder in the place of another one is told of, also where the system gives it the same number', async () => {
  using world = new World();
  mkdirSync(world.path('a'));
  using follower = await world.reader();
  rmdirSync(world.path('a'));
  mkdirSync(world.path('a'));
  writeFileSync(world.path('a', 'x'), '');
  await toldBy(follower, 'create a/x');
  expect(follower.told()).toEqual(['ready', 'change a', 'create a/x']);
});

test('without recursive only what is in the folder itself', async () => {
  using world = new World();
  using follower = await world.reader({ recursive: false });
  mkdirSync(world.path('a', 'b'), { recursive: true });
  writeFileSync(world.path('a', 'c'), '');
  expect(await settled(world, follower)).toEqual(['ready', 'create a']);
});

test('links are told of and never followed, also where a folder becomes one', async () => {
  using world = new World();
  mkdirSync(world.path('folder'));
  writeFileSync(world.path('folder', 'mine'), '');
  writeFileSync(join(world.outside, 'theirs'), '');
  symlinkSync(world.outside, world.path('link'));
  using follower = await world.reader();
  writeFileSync(join(world.outside, 'more'), '');
  rmSync(world.path('folder'), { recursive: true });
  symlinkSync(world.outside, world.path('folder'));
  await toldBy(follower, 'create folder');
  writeFileSync(join(world.outside, 'still more'), '');
  expect(await settled(world, follower)).toEqual(['ready', 'delete folder/mine', 'delete folder', 'create folder']);
});

test('excluded folders and those that git ignores are not watched; a changed .gitignore counts at once', async () => {
  using world = new World();
  mkdirSync(world.path('.git', 'info'), { recursive: true });
  for (const folder of ['node_modules/deep/er', 'build', 'src/gen']) mkdirSync(world.path(folder), { recursive: true });
  writeFileSync(world.path('.gitignore'), 'build/\n*.log\n!keep.log\n');
  using follower = await world.reader({ exclude: ['node_modules', 'src/gen'], ignoreGit: true });
  // The root and src.
  expect(world.watches.folders).toBe(2);
  for (const path of ['node_modules/deep/x', 'build/x', 'src/gen/x', '.git/x', 'a.log', 'keep.log', 'src/x'])
    writeFileSync(world.path(path), '');
  expect((await settled(world, follower)).toSorted()).toEqual(['create keep.log', 'create src/x', 'ready']);
  writeFileSync(world.path('.gitignore'), 'src/\n');
  await toldBy(follower, 'create build/x');
  expect((await settled(world, follower)).slice(3).toSorted()).toEqual([
    'change .gitignore',
    'create a.log',
    'create build',
    'create build/x',
    'delete src',
    'delete src/x',
  ]);
});

test('the server’s own files are not told of to a key that may not use them', async () => {
  using world = new World();
  for (const folder of ['data', 'other']) mkdirSync(world.path(folder));
  const reach = new Places({ roots: undefined, own: [world.path('data')] }).reach({
    roots: undefined,
    mayUseOwn: false,
  });
  using follower = await world.reader({ reach });
  for (const folder of ['data', 'other']) writeFileSync(world.path(folder, 'x'), '');
  renameSync(world.path('data'), world.path('renamed'));
  writeFileSync(world.path('renamed', 'y'), '');
  expect(await settled(world, follower)).toEqual(['ready', 'create other/x']);
});

test('a file with several names is told of under each, also when it is written by a name elsewhere', async () => {
  using world = new World();
  for (const folder of ['a', 'b']) mkdirSync(world.path(folder));
  writeFileSync(world.path('a', 'one'), '1');
  linkSync(world.path('a', 'one'), world.path('b', 'two'));
  linkSync(world.path('a', 'one'), join(world.outside, 'three'));
  using follower = await world.reader();
  writeFileSync(world.path('a', 'one'), 'here');
  await toldBy(follower, 'change b/two');
  expect(follower.told().slice(1).toSorted()).toEqual(['change a/one', 'change b/two']);
  writeFileSync(join(world.outside, 'three'), 'elsewhere');
  await waitFor('both names', () => follower.told().length === 5);
});

test('a file that is given another name is told of under each from then on', async () => {
  using world = new World();
  mkdirSync(world.path('a'));
  writeFileSync(world.path('one'), '1');
  using follower = await world.reader();
  linkSync(world.path('one'), world.path('a', 'two'));
  await toldBy(follower, 'change one');
  writeFileSync(world.path('a', 'two'), 'by its other name');
  await waitFor('both names', () => follower.told().filter((line) => line === 'change one').length === 2);
  expect(follower.told().filter((line) => line === 'change a/two')).toEqual(['change a/two']);
});

test('a folder whose mode changes is told of, and one that becomes readable is read', async () => {
  if (process.getuid?.() === 0) return process.stdout.write('the mode of a folder keeps root from nothing\n');
  using world = new World();
  mkdirSync(world.path('closed'));
  writeFileSync(world.path('closed', 'x'), '');
  chmodSync(world.path('closed'), 0);
  using follower = await world.reader();
  chmodSync(world.path('closed'), 0o700);
  await toldBy(follower, 'create closed/x');
});

test('a reader that goes on misses nothing and gets nothing twice; two read the same', async () => {
  using world = new World();
  const first = await world.reader();
  writeFileSync(world.path('a'), '');
  await toldBy(first, 'create a');
  const { cursor } = first;
  first[Symbol.dispose]();
  writeFileSync(world.path('b'), '');
  using again = await world.reader({}, cursor);
  using beside = await world.reader({}, { ...cursor, seq: 1 });
  await toldBy(again, 'create b');
  await toldBy(beside, 'create b');
  expect(again.told()).toEqual(['create b']);
  expect(beside.told()).toEqual(['create a', 'create b']);
  expect(world.watches.active).toBe(1);
});

test.each([
  ['of a watch that is not known', { watch: 'a'.repeat(12), seq: 1 }, {}],
  ['of another key', undefined, { owner: 'other' }],
  ['of another folder', undefined, { recursive: false }],
  ['that is none yet', { seq: 99 }, {}],
])('a reader that goes on after an event %s is told so first', async (_what, cursor, more) => {
  using world = new World();
  using first = await world.reader();
  first.take();
  using second = await world.reader(more, { ...first.cursor, ...cursor });
  expect(second.source.watchId).not.toBe(first.source.watchId);
  expect(second.told()).toEqual(['overflow', 'ready']);
});

test('a slow reader for whom events are kept no more is told so, and goes on with the newest', async () => {
  using world = new World();
  using follower = await world.reader();
  mkdirSync(join(world.outside, 'many'));
  for (let count = 0; count < 10_500; count += 1) writeFileSync(join(world.outside, 'many', String(count)), '');
  renameSync(join(world.outside, 'many'), world.path('many'));
  // Reads nothing meanwhile.
  using other = await world.reader();
  writeFileSync(world.path('after'), '');
  await toldBy(other, 'create after');
  // ready, many, what is in it, after.
  await waitFor('all events', () => follower.source.read(10_502, { entries: 1 }).length > 0);
  expect(follower.take().map(({ entry }) => entry.type)).toEqual(['overflow']);
  writeFileSync(world.path('later'), '');
  await toldBy(follower, 'create later');
  expect(follower.told().filter((one) => one.includes('many'))).toEqual([]);
});

test('more hints at once than the system keeps: overflow, and what is there is told all the same', async () => {
  using world = new World();
  mkdirSync(world.path('d'));
  using follower = await world.reader();
  // One turn of the event loop, in which nobody reads them; fs.inotify.max_queued_events is 16,384.
  for (let count = 0; count < 12_000; count += 1) {
    writeFileSync(world.path('d', 'same'), String(count));
    writeFileSync(world.path('d', 'other'), String(count));
  }
  writeFileSync(world.path('d', 'last'), '');
  await toldBy(follower, 'create d/last');
  expect(follower.told()).toContain('overflow');
  expect(follower.told()).toContain('create d/same');
});

test('a folder that vanishes, is put elsewhere or replaced: overflow, and again when it is there', async () => {
  using world = new World();
  using follower = await world.reader();
  const overflows = () => follower.told().filter((one) => one === 'overflow').length;
  writeFileSync(world.path('before'), '');
  await toldBy(follower, 'create before');
  renameSync(world.root, join(world.outside, 'root'));
  await waitFor('the folder to be missed', () => overflows() === 1);
  mkdirSync(world.root);
  writeFileSync(world.path('new'), '');
  await waitFor('the folder to be there again', () => overflows() === 2);
  writeFileSync(world.path('newer'), '');
  await toldBy(follower, 'create newer');
  // Another folder under its name, and a link in its place.
  renameSync(world.root, join(world.outside, 'second'));
  renameSync(join(world.outside, 'root'), world.root);
  await waitFor('the other folder', () => overflows() === 4);
  renameSync(world.root, join(world.outside, 'root'));
  symlinkSync(world.outside, world.root);
  await waitFor('the link to be missed', () => overflows() === 5);
  writeFileSync(join(world.outside, 'secret'), '');
  rmSync(world.root);
  mkdirSync(world.root);
  await waitFor('a folder again', () => overflows() === 6);
  expect(follower.told().filter((one) => one.includes('secret'))).toEqual([]);
});

test('a folder is missed soon, also where the way to it takes long to walk', async () => {
  let walking = 0;
  using world = new World({ clock: { ...systemClock, monotonic: () => systemClock.monotonic() + walking } });
  const isStill = spyOn(world.reach, 'isStill').mockImplementation(() => {
    walking += 1000;
    return true;
  });
  using follower = await world.reader();
  await waitFor('the way to be walked', () => isStill.mock.calls.length > 0);
  renameSync(world.root, join(world.outside, 'root'));
  await toldBy(follower, 'overflow');
  expect(isStill).toHaveBeenCalledTimes(1);
});
