/** Processes of the machine: one look for all who ask at once, and none of what nobody may touch. */
import { expect, test } from 'bun:test';
import { ProcessList } from '../../../src/jobs/processes/process-list.ts';
import { keyOf, type MachineProcess, type MachineProcesses } from '../../../src/platform/processes/processes.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function world() {
  const clock = new ManualClock();
  const machine = {
    pids: [7, 8],
    memory: new Map<number, number | null>(),
    /** Those that end before their details are looked at. */
    ending: new Set<number>(),
    trees: new Map<number, string>(),
    outcome: 'sent' as Awaited<ReturnType<MachineProcesses['signal']>>,
    looks: 0,
    details: 0,
    signals: [] as string[],
  };
  const one = (pid: number): MachineProcess => ({
    pid,
    startTime: `start of ${pid}`,
    ppid: 1,
    name: 'one',
    startedAt: clock.now() - 100_000,
    cpuMs: 0,
    memory: machine.memory.get(pid) ?? null,
    status: 'running',
    threads: 1,
    treeId: machine.trees.get(pid),
    isWatcher: false,
  });
  const list = new ProcessList({
    machine: {
      async look() {
        machine.looks += 1;
        return machine.pids.map(one);
      },
      cpuTimes: async () => new Map(machine.pids.map((pid) => [keyOf(one(pid)), 0])),
      detailsOf({ pid }) {
        machine.details += 1;
        return machine.ending.has(pid) ? undefined : { command: 'one', user: 'me' };
      },
      find: (pid) => (machine.pids.includes(pid) ? one(pid) : undefined),
      async signal({ pid }, signal) {
        machine.signals.push(`${pid} ${signal}`);
        return machine.outcome;
      },
    },
    jobs: { trees: () => [], isJob: (treeId) => treeId === 'a job', endedWith: () => undefined },
    ports: async () => new Map(),
    clock,
    untouchable: new Set([8]),
  });
  return { clock, machine, list };
}

const ASKED = { all: true, sort: 'pid', limit: 500 } as const;

test('however many ask at once, the machine is looked at once, or once more for those who come meanwhile', async () => {
  const { clock, machine, list } = world();
  using _list = list;
  const asked = Array.from({ length: 1000 }, (_, index) => (index % 2 === 0 ? list.list(ASKED) : list.get(7)));
  await clock.advance(500);
  for (const found of await Promise.all(asked))
    expect(found).toMatchObject('items' in (found ?? {}) ? { items: [{ pid: 7 }, { pid: 8 }], total: 2 } : { pid: 7 });
  expect(machine.looks).toBeLessThanOrEqual(2);
  expect(machine.details).toBeLessThanOrEqual(4);
  // What has started before the question is seen.
  const during = list.list(ASKED);
  machine.pids.push(9);
  expect((await list.list(ASKED)).items.map(({ pid }) => pid)).toEqual([7, 8, 9]);
  await during;
});

test('the largest first, what is not told last; what has ended meanwhile is not there, and not counted', async () => {
  const { clock, machine, list } = world();
  using _list = list;
  machine.pids = [6, 7, 8, 9];
  machine.memory = new Map([
    [6, 10],
    [7, null],
    [8, 30],
    [9, 20],
  ]);
  const ask = async (limit: number) => {
    const asked = list.list({ all: true, sort: 'memory', limit });
    await clock.advance(500);
    const { items, total } = await asked;
    return { pids: items.map(({ pid }) => pid), total };
  };
  expect(await ask(500)).toEqual({ pids: [8, 9, 6, 7], total: 4 });
  expect(await ask(2)).toEqual({ pids: [8, 9], total: 4 });
  machine.ending.add(9);
  expect(await ask(2)).toEqual({ pids: [8], total: 3 });
});

test('of jobs alone where not all are asked for: a terminal is none', async () => {
  const { clock, machine, list } = world();
  using _list = list;
  machine.trees = new Map([
    [7, 'a job'],
    [8, 'a terminal'],
  ]);
  const asked = [list.list({ ...ASKED, all: false }), list.list(ASKED)] as const;
  await clock.advance(500);
  const [ofJobs, all] = await Promise.all(asked);
  expect(ofJobs).toMatchObject({ items: [{ pid: 7, jobId: 'a job' }], total: 1 });
  expect(all.items.map(({ jobId }) => jobId)).toEqual(['a job', undefined]);
});

test('a signal is for the very process that was meant, and for none that nobody may touch', async () => {
  const { machine, list } = world();
  using _list = list;
  const tries = [
    [7, 'start of 7'],
    [7, 'start of 6'],
    [8, 'start of 8'],
    [9, 'start of 9'],
  ] as const;
  const outcomes = [];
  for (const [pid, startTime] of tries) outcomes.push(await list.signal(pid, startTime, 'SIGTERM'));
  expect(outcomes).toEqual(['sent', 'mark-differs', 'untouchable', 'not-found']);
  expect(machine.signals).toEqual(['7 SIGTERM']);
  machine.outcome = 'gone';
  expect(await list.signal(7, 'start of 7', 'SIGTERM')).toBe('not-found');
  machine.outcome = 'refused';
  expect(await list.signal(7, 'start of 7', 'SIGTERM')).toBe('refused');
});
