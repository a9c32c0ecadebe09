/** Who follows the ports: one look for all, none for nobody, and each reader gets the difference to what it knows. */
import { expect, test } from 'bun:test';
import type { Clock } from '../../src/core/clock.ts';
import { silentLog } from '../../src/core/log.ts';
import type { ListeningSocket } from '../../src/platform/ports/listening.ts';
import { PortList } from '../../src/ports/listing.ts';
import { PortWatch, type PortReader } from '../../src/ports/watch.ts';
import { waitFor } from '../support/wait.ts';

const socket = (port: number, treeId?: string): ListeningSocket => ({
  key: String(port),
  port,
  address: '127.0.0.1',
  family: 'ipv4',
  pid: 1,
  command: 'x',
  user: 'me',
  treeId,
});

/** A machine whose sockets the test sets, and whose second is over when it says so. */
function machine() {
  const timers = new Set<() => void>();
  const world = {
    now: [] as ListeningSocket[],
    looks: 0,
    time: 1000,
    fails: false,
    held: undefined as Promise<void> | undefined,
  };
  const clock: Clock = {
    now: () => world.time,
    monotonic: () => world.time,
    after(_ms, callback) {
      timers.add(callback);
      return { [Symbol.dispose]: () => void timers.delete(callback) };
    },
  };
  const sockets = {
    async look() {
      world.looks += 1;
      await world.held;
      if (world.fails) throw new Error('no table');
      return world.now;
    },
  };
  const trees = [
    { active: () => ['j'], ownerOf: (id: string) => (id === 'j' ? { jobId: 'j' } : undefined) },
    { active: () => ['t'], ownerOf: (id: string) => (id === 't' ? { terminalId: 't' } : undefined) },
  ];
  const list = new PortList({ sockets, trees, clock });
  const watch = new PortWatch({ list, clock, log: silentLog });
  const second = async () => {
    const looks = world.looks;
    world.time += 1000;
    for (const timer of Array.from(timers)) {
      timers.delete(timer);
      timer();
    }
    await waitFor('a look', async () => (world.looks > looks && timers.size > 0 ? true : undefined));
  };
  return { world, list, watch, second, timers };
}

const all = () => true;
const read = (reader: PortReader, after = 0) =>
  reader.read(after, { entries: 16 }).map(({ id, entry }) => `${id} ${entry.type} ${entry.port.port}`);

test('a reader begins with what listens, and then gets what opens and closes; one restricted sees its ports alone', async () => {
  const { world, watch, second } = machine();
  world.now = [socket(3000), socket(8080)];
  using everything = await watch.follow(all);
  using some = await watch.follow((port) => port >= 8000);
  expect(read(everything)).toEqual(['1 open 3000', '2 open 8080']);
  // Not taken yet: the same again.
  expect(read(everything, 1)).toEqual(['2 open 8080']);
  expect(read(some)).toEqual(['1 open 8080']);
  world.now = [socket(3001), socket(8080)];
  await second();
  expect(read(everything, 2)).toEqual(['3 close 3000', '4 open 3001']);
  expect(read(some, 1)).toEqual([]);
});

test('a reader is woken by what opens and by what closes, and by nothing else', async () => {
  const { world, watch, second } = machine();
  world.now = [socket(3000), socket(8080)];
  using reader = await watch.follow(all);
  const wakes = async (...now: ListeningSocket[]) => {
    world.now = now;
    let woken = false;
    using _waiting = reader.changed.once(() => (woken = true));
    await second();
    return woken;
  };
  read(reader);
  expect(await wakes(socket(3000), socket(8080))).toBe(false);
  expect(await wakes(socket(8080))).toBe(true);
  read(reader, 2);
  expect(await wakes(socket(8080), socket(9000))).toBe(true);
});

test('one look a second whatever the number of readers, and none without', async () => {
  const { world, watch, second, timers } = machine();
  const readers = [await watch.follow(all), await watch.follow(all), await watch.follow(all)];
  const before = world.looks;
  await second();
  expect(world.looks - before).toBe(1);
  for (const reader of readers) reader[Symbol.dispose]();
  expect(timers.size).toBe(0);
  expect(watch.readers).toBe(0);
});

test('a reader that comes while the last one leaves does not make it two looks a second', async () => {
  const { world, list, watch, timers } = machine();
  const last = await watch.follow(all);
  const before = world.looks;
  const held = Promise.withResolvers<void>();
  world.held = held.promise;
  const coming = watch.follow(all);
  for (const timer of Array.from(timers)) {
    timers.delete(timer);
    timer();
  }
  last[Symbol.dispose]();
  held.resolve();
  using next = await coming;
  await waitFor('the look of that second', () => world.looks === before + 2);
  await list.look();
  expect([watch.readers, timers.size, next.ended]).toEqual([1, 1, false]);
});

test('a look that fails ends nobody: the next one tells', async () => {
  const { world, watch, second } = machine();
  using reader = await watch.follow(all);
  world.fails = true;
  await second();
  world.fails = false;
  world.now = [socket(3000)];
  await second();
  expect(read(reader)).toEqual(['1 open 3000']);
});

test('a watch that is closed ends its readers, also those that come while it closes', async () => {
  const { watch, timers } = machine();
  using before = await watch.follow(all);
  watch[Symbol.dispose]();
  using after = await watch.follow(all);
  expect([before.ended, after.ended, timers.size]).toEqual([true, true, 0]);
});

test('whose a socket is, and since when it is known', async () => {
  const { world, list } = machine();
  world.now = [socket(1, 'j'), socket(2, 't'), socket(3, 'elsewhere'), socket(4)];
  expect((await list.look()).map(({ owner }) => owner)).toEqual([
    { jobId: 'j' },
    { terminalId: 't' },
    undefined,
    undefined,
  ]);
  world.time = 5000;
  world.now = [socket(1), socket(5)];
  expect((await list.look()).map(({ port, since }) => [port, since])).toEqual([
    [1, 1000],
    [5, 5000],
  ]);
});

test('questions during a look share the next one: it has what began to listen before they came', async () => {
  const { world, list } = machine();
  const first = list.look();
  world.now = [socket(3000)];
  const [, second, third] = await Promise.all([first, list.look(), list.look()]);
  expect(world.looks).toBe(2);
  expect([second.length, third.length]).toEqual([1, 1]);
});
