/** Who belongs to a job, on made-up process tables. */
import { expect, test } from 'bun:test';
import fc from 'fast-check';
import type { ProcessEntry, ProcessSnapshot } from '../../../src/platform/process/posix/process-entry.ts';
import { parsePs } from '../../../src/platform/process/posix/process-table-ps.ts';
import { members, type Tree } from '../../../src/platform/process/posix/tree.ts';
import { treeIdIn } from '../../../src/platform/process/posix/tree-variable.ts';

const OURS = 'aaaaaaaaaaaa';
const ROOT = 100;
const tree: Tree = { root: { pid: ROOT, startTime: 'then' }, treeId: OURS };

interface Sketch {
  pid: number;
  parent?: number;
  group?: number;
  session?: number;
  startTime?: string;
  zombie?: boolean;
  treeId?: string | undefined;
}

const entry = ({
  pid,
  parent = 1,
  group = pid,
  session = pid,
  startTime = 'then',
  zombie = false,
  treeId,
}: Sketch): ProcessEntry => ({
  pid,
  parent,
  group,
  session,
  startTime,
  startedAt: 0,
  zombie,
  treeId: () => treeId,
  commandLine: () => '',
});
const table = (...sketches: Sketch[]): ProcessSnapshot =>
  new Map(sketches.map((sketch) => [sketch.pid, entry(sketch)]));
const pids = (snapshot: ProcessSnapshot, of: Tree = tree): number[] =>
  members(snapshot, of)
    .map(({ pid }) => pid)
    .toSorted((a, b) => a - b);

test.each<[string, Sketch]>([
  ['the shell itself', { pid: ROOT }],
  ['one in its session', { pid: 7, session: ROOT }],
  ['one in its group', { pid: 7, group: ROOT }],
  ['an escapee from session and parent that still carries the id', { pid: 7, treeId: OURS }],
])('%s belongs', (_, sketch) => {
  expect(pids(table({ pid: 50 }, sketch))).toEqual([sketch.pid]);
});

test('so does every descendant of one that belongs, whatever it changed', () => {
  expect(
    pids(table({ pid: 9, parent: 8 }, { pid: 8, parent: 7 }, { pid: 7, treeId: OURS }, { pid: 10, parent: 2 })),
  ).toEqual([7, 8, 9]);
});

test.each<[string, Sketch]>([
  ['a stranger', { pid: 7 }],
  ['a process of another job', { pid: 7, treeId: 'bbbbbbbbbbbb' }],
  ['one whose id only begins as ours', { pid: 7, treeId: `${OURS}0` }],
  ['one that has ended and waits to be noticed', { pid: 7, session: ROOT, zombie: true }],
  ['the server itself, even when it was started from the job', { pid: process.pid, treeId: OURS }],
])('%s does not', (_, sketch) => {
  expect(pids(table(sketch))).toEqual([]);
});

test('the number of the shell says nothing once somebody else has it', () => {
  const recycled = table(
    { pid: ROOT, startTime: 'later' },
    { pid: 7, session: ROOT },
    { pid: 8, group: ROOT },
    { pid: 9, parent: ROOT },
    { pid: 11, treeId: OURS },
  );
  expect(pids(recycled)).toEqual([11]);
});

test('a tree whose shell was never known is found by its id alone', () => {
  expect(
    pids(table({ pid: 0, session: 0 }, { pid: 1, session: 0 }, { pid: 7, treeId: OURS }), {
      root: undefined,
      treeId: OURS,
    }),
  ).toEqual([7]);
});

test('whatever the table: nobody is named without a reason, nobody with one is missed, and a recycled number is never ours', () => {
  const pid = fc.integer({ min: 90, max: 110 });
  const sketch = fc.record({
    pid,
    parent: pid,
    group: pid,
    session: pid,
    startTime: fc.constantFrom('then', 'later'),
    zombie: fc.boolean(),
    treeId: fc.constantFrom(undefined, undefined, undefined, OURS, 'bbbbbbbbbbbb'),
  });
  fc.assert(
    fc.property(fc.uniqueArray(sketch, { selector: (one) => one.pid, maxLength: 20 }), (sketches) => {
      const snapshot = table(...sketches);
      const named = new Set(pids(snapshot));
      const rootIsOurs = snapshot.get(ROOT) === undefined || snapshot.get(ROOT)?.startTime === 'then';
      // By definition rather than by growing a set: follow the parents up, and stop where they go round.
      const belongs = (one: ProcessEntry | undefined, seen = new Set<number>()): boolean => {
        if (one === undefined || seen.has(one.pid)) return false;
        if (one.treeId() === OURS) return true;
        if (rootIsOurs && [one.pid, one.group, one.session].includes(ROOT)) return true;
        return belongs(snapshot.get(one.parent), seen.add(one.pid));
      };
      for (const one of snapshot.values()) {
        expect({ one, named: named.has(one.pid) }).toEqual({ one, named: !one.zombie && belongs(one) });
      }
    }),
    { numRuns: 500 },
  );
});

const OTHERS = 'bbbbbbbbbbbb';

test.each<[string, string | undefined]>([
  [`AGENT_SERVER_TREE_ID=${OURS} X=1`, OURS],
  [`X=1 AGENT_SERVER_TREE_ID=${OURS}`, OURS],
  [`X=1 AGENT_SERVER_JOB_ID=${OURS} Y=2`, OURS],
  // A server of this build that was started in a job of an earlier one.
  [`AGENT_SERVER_JOB_ID=${OTHERS} AGENT_SERVER_TREE_ID=${OURS}`, OURS],
  [`X_AGENT_SERVER_TREE_ID=${OTHERS}`, undefined],
  ['', undefined],
])('the environment %p names the tree %p', (environment, treeId) => {
  expect(treeIdIn(environment, ' ')).toBe(treeId);
  expect(treeIdIn(environment.replaceAll(' ', '\0'), '\0')).toBe(treeId);
});

test('the table of `ps` reads as the one of /proc: numbers, state, start and the id from the environment', () => {
  const snapshot = parsePs(
    [
      '    1     0     1 0      Ss   Sat Nov 21 06:41:00 2026 /sbin/launchd',
      `  100     1   100 ab12cd Ss   Sat Nov 21 06:42:00 2026 /bin/sh -c sleep 9 HOME=/root AGENT_SERVER_TREE_ID=${OURS} X=1`,
      '  101   100   100 ab12cd Z    Sat Nov  1 06:42:01 2026 (sleep)',
      'no line of a process',
      '',
    ].join('\n'),
  );
  expect([...snapshot.keys()]).toEqual([1, 100, 101]);
  expect(snapshot.get(100)).toMatchObject({
    parent: 1,
    group: 100,
    startTime: 'Sat Nov 21 06:42:00 2026',
    startedAt: new Date(2026, 10, 21, 6, 42).getTime() / 1000,
    zombie: false,
  });
  expect(snapshot.get(100)?.treeId()).toBe(OURS);
  expect(snapshot.get(1)?.treeId()).toBeUndefined();
  expect(snapshot.get(101)?.zombie).toBe(true);
});
