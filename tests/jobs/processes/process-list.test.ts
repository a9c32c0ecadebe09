/** Processes of the machine: one look for all who ask at once, and none of what nobody may touch. */
import { expect, test } from 'bun:test';
import { ProcessList } from '../../../src/jobs/processes/process-list.ts';
import { keyOf, type MachineProcess } from '../../../src/platform/processes/processes.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function world() {
  const clock = new ManualClock();
  const machine = { pids: [7, 8], looks: 0, details: 0, signals: [] as string[] };
  const one = (pid: number): MachineProcess => ({
    pid,
    startTime: `start of ${pid}`,
    ppid: 1,
    name: 'one',
    startedAt: clock.now() - 100_000,
    cpuMs: 0,
    memory: 1,
    status: 'running',
    threads: 1,
    treeId: undefined,
    isWatcher: false,
  });
  const list = new ProcessList({
    machine: {
      async look() {
        machine.looks += 1;
        return machine.pids.map(one);
      },
      cpuTimes: async () => new Map(machine.pids.map((pid) => [keyOf(one(pid)), 0])),
      detailsOf() {
        machine.details += 1;
        return { command: 'one', user: 'me' };
      },
      find: (pid) => (machine.pids.includes(pid) ? one(pid) : undefined),
      async signal({ pid }, signal) {
        machine.signals.push(`${pid} ${signal}`);
        return 'sent';
      },
    },
    jobs: { trees: () => [], isJob: () => false, endedWith: () => undefined },
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
});
