/** How many watches there are, and that nothing of them is left. */
import { expect, test } from 'bun:test';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { systemClock, type Clock } from '../../../src/core/clock.ts';
import { fail } from '../../../src/core/failure.ts';
import { waitFor } from '../../support/wait.ts';
import { World } from './world.ts';

/** Timers of a minute or more are over when the test says so. */
function patientClock() {
  const long = new Map<() => void, number>();
  const clock: Clock = {
    ...systemClock,
    after(ms, callback) {
      if (ms < 60_000) return systemClock.after(ms, callback);
      long.set(callback, ms);
      return { [Symbol.dispose]: () => void long.delete(callback) };
    },
  };
  const pass = () => {
    for (const callback of Array.from(long.keys())) {
      long.delete(callback);
      callback();
    }
  };
  return { clock, long, pass };
}

/** The descriptors of this process that watch that folder (proc_pid_fdinfo(5)); undefined where the system has no such list. */
function descriptorsOf(folder: string): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const watched = new RegExp(`^inotify wd:\\w+ ino:${statSync(folder).ino.toString(16)} `, 'm');
  return readdirSync('/proc/self/fdinfo').filter((fd) => {
    try {
      return watched.test(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'));
    } catch {
      return false;
    }
  }).length;
}

test('32 watches have a reader, a 33rd has none; those without one do not count', async () => {
  using world = new World();
  const readers = [];
  for (let count = 0; count < 32; count += 1) readers.push(await world.reader());
  expect(world.watches.active).toBe(32);
  expect(await world.open()).toEqual(fail({ reason: 'too-many-watches', limit: 32 }));
  const [one] = readers;
  // A further reader of a watch that has one is no further watch.
  using beside = await world.reader({}, one?.cursor);
  expect(beside.source.watchId).toBe(one?.source.watchId ?? '');
  const cursor = readers[1]?.cursor;
  readers[1]?.[Symbol.dispose]();
  using fresh = await world.reader();
  expect(fresh.told()).toEqual(['ready']);
  expect(await world.open({}, cursor)).toEqual(fail({ reason: 'too-many-watches', limit: 32 }));
  readers[2]?.[Symbol.dispose]();
  using again = await world.reader({}, cursor);
  expect(again.source.watchId).toBe(cursor?.watch ?? '');
  for (const reader of readers) reader[Symbol.dispose]();
});

test('nothing is left when the readers went and five minutes have passed', async () => {
  const { clock, long, pass } = patientClock();
  using world = new World({ clock });
  mkdirSync(world.path('a', 'b'), { recursive: true });
  const readers = [await world.reader(), await world.reader()];
  const cursor = readers[0]?.cursor;
  // Each has one, and another one that is read.
  expect(descriptorsOf(world.root) ?? 4).toBe(4);
  for (const reader of readers) reader[Symbol.dispose]();
  expect([...long.values()]).toEqual([300_000, 300_000]);
  expect(world.watches.folders).toBe(6);
  // One that is there again does not end.
  const back = await world.reader({}, cursor);
  expect(long.size).toBe(1);
  pass();
  expect([world.watches.folders, world.watches.active]).toEqual([3, 1]);
  back[Symbol.dispose]();
  back[Symbol.dispose]();
  pass();
  expect([world.watches.folders, world.watches.active, long.size]).toEqual([0, 0, 0]);
  await waitFor('descriptors to be closed', () => (descriptorsOf(world.root) ?? 0) === 0);
  using late = await world.reader({}, cursor);
  expect(late.told()).toEqual(['overflow', 'ready']);
});

test('those that wait for a reader are bounded, too: the oldest ends', async () => {
  using world = new World();
  const first = await world.reader();
  first.take();
  const { cursor } = first;
  first[Symbol.dispose]();
  for (let count = 0; count < 31; count += 1) (await world.reader())[Symbol.dispose]();
  {
    using still = await world.reader({}, cursor);
    expect(still.source.watchId).toBe(cursor.watch);
  }
  // It is the youngest now.
  for (let count = 0; count < 32; count += 1) (await world.reader())[Symbol.dispose]();
  expect(world.watches.folders).toBe(32);
  using gone = await world.reader({}, cursor);
  expect(gone.told()).toEqual(['overflow', 'ready']);
});

test('a request that is given up while the tree is read leaves nothing', async () => {
  using world = new World();
  for (let count = 0; count < 1000; count += 1) mkdirSync(world.path(String(count)));
  const abort = new AbortController();
  const opening = world.watches.open(
    {
      what: 'mine',
      reach: world.reach,
      root: world.root,
      recursive: true,
      exclude: [],
      ignoreGit: false,
      pollSeconds: undefined,
    },
    undefined,
    abort.signal,
  );
  abort.abort(new Error('given up'));
  expect(opening).rejects.toThrow('given up');
  await opening.catch(() => undefined);
  expect(world.watches.folders).toBe(0);
  await waitFor('descriptors to be closed', () => (descriptorsOf(world.root) ?? 0) === 0);
});

test('a server that goes down ends its readers, and takes them again where it does not', async () => {
  using world = new World();
  using follower = await world.reader();
  const woken = Promise.withResolvers<void>();
  using _waiting = follower.source.changed.once(woken.resolve);
  world.watches.drain();
  await woken.promise;
  expect(follower.source.ended).toBe(true);
  expect(await world.open()).toEqual(fail({ reason: 'shutting-down' }));
  world.watches.resume();
  using again = await world.reader({}, { ...follower.cursor, seq: 1 });
  writeFileSync(world.path('x'), '');
  await waitFor('x', () => again.told().includes('create x'));
  world.watches[Symbol.dispose]();
  expect(again.source.ended).toBe(true);
});
