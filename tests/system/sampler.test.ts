/** The one sampler: who reads, how often, over which time, and that nobody looks where nobody reads. */
import { expect, test } from 'bun:test';
import { Disks } from '../../src/system/disks.ts';
import { Sampler, type SampleReader } from '../../src/system/sampler.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { disk, PlayedMachine } from './machine.ts';

function world() {
  const clock = new ManualClock();
  const machine = new PlayedMachine(() => clock.now());
  const asked = { spaces: 0 };
  const ask = () => {
    asked.spaces += 1;
    return Promise.resolve({ total: 10, free: 5 });
  };
  const sampler = new Sampler(machine, new Disks(() => [disk('/')], ask, clock), clock);
  return { clock, machine, asked, sampler };
}

/** What there is to read, once. */
const usages = (reader: SampleReader, after: number): number[][] =>
  reader.read(after).map(({ id, entry }) => [id, entry.cpu.usage]);

test('the first event comes after a quarter of a second, the next ones are about their interval', async () => {
  const { clock, machine, sampler } = world();
  machine.busyPercent = 50;
  using reader = sampler.open(2, 0);
  expect(usages(reader, 0)).toEqual([]);
  await clock.advance(250);
  expect(usages(reader, 0)).toEqual([[1, 50]]);
  machine.busyPercent = 10;
  await clock.advance(1749);
  expect(usages(reader, 1)).toEqual([]);
  await clock.advance(1);
  expect(usages(reader, 1)).toEqual([[2, 10]]);
  machine.busyPercent = 100;
  await clock.advance(1000);
  machine.busyPercent = 0;
  await clock.advance(1000);
  expect(usages(reader, 2)).toEqual([[3, 50]]);
});

test('ten readers cost as many looks at processors and disks as one', async () => {
  const looks = async (readers: number) => {
    const { clock, machine, asked, sampler } = world();
    using all = new DisposableStack();
    for (let n = 0; n < readers; n += 1) all.use(sampler.open(1, 0));
    await clock.advance(250);
    const before = { looks: machine.looks, spaces: asked.spaces };
    await clock.advance(10_000);
    return [machine.looks - before.looks, asked.spaces - before.spaces];
  };
  expect(await looks(10)).toEqual(await looks(1));
  expect(await looks(1)).toEqual([10, 10]);
});

test('without readers nobody looks; one who comes back begins anew', async () => {
  const { clock, machine, sampler } = world();
  const reader = sampler.open(1, 0);
  const other = sampler.open(60, 0);
  await clock.advance(3000);
  reader[Symbol.dispose]();
  expect(sampler.sampling).toBe(true);
  other[Symbol.dispose]();
  expect(sampler.sampling).toBe(false);
  const { looks } = machine;
  await clock.advance(60_000);
  expect(machine.looks).toBe(looks);
  expect(clock.pending).toEqual([]);
  using again = sampler.open(1, 41);
  await clock.advance(250);
  expect(usages(again, 41).map(([id]) => id)).toEqual([42]);
});

test('a slow reader gets the newest event, and one that it has read again', async () => {
  const { clock, sampler, machine } = world();
  using reader = sampler.open(1, 0);
  await clock.advance(5000);
  machine.busyPercent = 70;
  await clock.advance(1000);
  expect(usages(reader, 0)).toEqual([[1, 70]]);
  expect(usages(reader, 0)).toEqual([[1, 70]]);
  expect(usages(reader, 1)).toEqual([]);
});

test('who asks once shares the quarter of a second with others who do', async () => {
  const { clock, machine, sampler } = world();
  const asked = [sampler.once(), sampler.once(), sampler.once()];
  await clock.advance(250);
  const found = await Promise.all(asked);
  expect(machine.looks).toBe(2);
  expect(found[0]).toMatchObject({ load: null, disks: [{ path: '/', space: { total: 10, free: 5 } }] });
});

test('disposed: readers learn that there will be no more, and no timer is left', async () => {
  const { clock, sampler } = world();
  using reader = sampler.open(1, 0);
  await clock.advance(2000);
  let told = 0;
  reader.changed.once(() => (told += 1));
  sampler[Symbol.dispose]();
  expect({ told, ended: reader.ended, pending: clock.pending }).toEqual({ told: 1, ended: true, pending: [] });
  using late = sampler.open(1, 0);
  expect(late.ended).toBe(true);
});

test('a look that fails ends the readers, at once or later, and nothing else', async () => {
  const { clock, machine, sampler } = world();
  machine.fails = true;
  using first = sampler.open(1, 0);
  await clock.advance(250);
  expect(() => first.read(0)).toThrow('no such file');
  machine.fails = false;
  using second = sampler.open(1, 0);
  await clock.advance(250);
  expect(usages(second, 0)).toHaveLength(1);
  machine.fails = true;
  await clock.advance(1000);
  expect(() => second.read(1)).toThrow('no such file');
});
