/** Shares of the processor: over which time, and that nobody looks while nobody asks. */
import { expect, test } from 'bun:test';
import { CpuShares } from '../../../src/jobs/processes/cpu-shares.ts';
import { keyOf, type MachineProcess } from '../../../src/platform/processes/processes.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function world() {
  const clock = new ManualClock();
  const began = clock.now();
  /** % of a core that the one process takes. */
  const machine = { busy: 50, cpuMs: 0, looks: 0, at: clock.monotonic() };
  const goOn = () => {
    machine.cpuMs += ((clock.monotonic() - machine.at) * machine.busy) / 100;
    machine.at = clock.monotonic();
    return machine.cpuMs;
  };
  const one = (fields: Partial<MachineProcess> = {}): MachineProcess => ({
    pid: 7,
    startTime: 'a',
    ppid: 1,
    name: 'one',
    startedAt: began - 100_000,
    cpuMs: goOn(),
    memory: 1,
    status: 'running',
    threads: 1,
    treeId: undefined,
    isWatcher: false,
    ...fields,
  });
  const shares = new CpuShares(
    {
      cpuTimes: async () => {
        machine.looks += 1;
        return new Map([[keyOf(one()), goOn()]]);
      },
    },
    clock,
  );
  return { clock, machine, goOn, one, shares };
}

test('who asks first waits half a second; who asks again is answered at once, over about a second', async () => {
  const { clock, machine, goOn, one, shares } = world();
  using _shares = shares;
  const first = shares.begin();
  await clock.advance(500);
  expect((await first)(one())).toBe(50);
  // Begins a second later, and is looked at each second.
  machine.busy = 50;
  await clock.advance(1000);
  goOn();
  machine.busy = 100;
  await clock.advance(600);
  const again = await shares.begin();
  expect(again(one())).toBe(100);
  goOn();
  machine.busy = 0;
  await clock.advance(300);
  // 900 ms: two thirds of them at 100 %.
  expect((await shares.begin())(one())).toBe(66.7);
});

test('many who ask first share the two looks', async () => {
  const { clock, machine, shares } = world();
  using _shares = shares;
  const all = Promise.all(Array.from({ length: 10 }, () => shares.begin()));
  await clock.advance(500);
  await all;
  expect(machine.looks).toBe(1);
});

test('nobody looks while nobody asks, and the next one to ask waits again', async () => {
  const { clock, machine, shares } = world();
  using _shares = shares;
  const first = shares.begin();
  await clock.advance(500);
  await first;
  expect(shares.looking).toBe(true);
  for (let second = 0; second < 12; second += 1) await clock.advance(1000);
  expect(shares.looking).toBe(false);
  const before = machine.looks;
  expect(before).toBeGreaterThan(5);
  await clock.advance(60_000);
  expect(machine.looks).toBe(before);
  let answered = false;
  const later = shares.begin().then((shareOf) => {
    answered = true;
    return shareOf;
  });
  await clock.advance(499);
  expect(answered).toBe(false);
  await clock.advance(1);
  await later;
});

test('a process that is new has its share of its own time; what is not told is null', async () => {
  const { clock, one, shares } = world();
  using _shares = shares;
  const first = shares.begin();
  await clock.advance(500);
  const shareOf = await first;
  const startedAt = clock.now() - 100;
  expect(shareOf(one({ pid: 8, startedAt, cpuMs: 50 }))).toBe(50);
  // The same number, another process.
  expect(shareOf(one({ startTime: 'b', startedAt, cpuMs: 100 }))).toBe(100);
  expect(shareOf(one({ cpuMs: null }))).toBeNull();
});
