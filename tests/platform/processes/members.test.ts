/** Which tree a process belongs to. */
import { expect, test } from 'bun:test';
import { treesOf } from '../../../src/platform/processes/tree-members.ts';

interface Fields {
  readonly startTime?: string;
  readonly startedAt?: number;
  readonly pgid?: number;
  readonly sid?: number;
  readonly treeId?: string;
}

const one = (
  pid: number,
  ppid: number,
  { startTime = `s${pid}`, startedAt = pid, treeId, ...fields }: Fields = {},
) => ({
  pid,
  ppid,
  startTime,
  startedAt,
  treeId,
  ...fields,
});

test('by its environment, its session or group, or its parent', () => {
  const processes = [
    one(1, 0),
    one(10, 1, { pgid: 10, sid: 10, treeId: 'a' }),
    one(11, 10, { pgid: 10, sid: 10 }),
    one(12, 11, { pgid: 12, sid: 12 }),
    one(13, 1, { pgid: 13, sid: 13, treeId: 'a' }),
    // Its parent has gone and its environment is empty: the session is left.
    one(14, 1, { pgid: 10, sid: 10 }),
    one(20, 1, { pgid: 20, sid: 20 }),
    // A tree in a tree.
    one(30, 12, { treeId: 'b' }),
  ];
  const trees = [{ treeId: 'a', root: { pid: 10, startTime: 's10' } }];
  expect(Object.fromEntries(treesOf(processes, trees))).toEqual({
    10: 'a',
    11: 'a',
    12: 'a',
    13: 'a',
    14: 'a',
    30: 'b',
  });
});

test('a number that another process has by now names no tree', () => {
  const processes = [one(10, 1, { startTime: 'later', sid: 10 }), one(11, 10, { sid: 10 })];
  expect(treesOf(processes, [{ treeId: 'a', root: { pid: 10, startTime: 's10' } }]).size).toBe(0);
  // One that has gone: nobody else has its number, and its session is there.
  const left = [one(11, 1, { sid: 10 })];
  expect(Object.fromEntries(treesOf(left, [{ treeId: 'a', root: { pid: 10, startTime: 's10' } }]))).toEqual({
    11: 'a',
  });
});

test('parents in a circle, as Windows may show them after numbers were used again, end', () => {
  expect(treesOf([one(5, 6), one(6, 5), one(7, 7)], []).size).toBe(0);
});

test('a job in a shell that is kept has the tree of that shell while it runs', () => {
  const processes = [one(10, 1, { treeId: 'shell' }), one(11, 10, { treeId: 'shell' }), one(12, 11)];
  expect(Object.fromEntries(treesOf(processes, [{ treeId: 'job', root: { pid: 10, startTime: 's10' } }]))).toEqual({
    10: 'job',
    11: 'job',
    12: 'job',
  });
  expect(treesOf(processes, []).get(11)).toBe('shell');
});

test('a parent is older than its child', () => {
  const processes = [one(10, 1, { treeId: 'a', startedAt: 50 }), one(11, 10, { startedAt: 40 })];
  expect(treesOf(processes, []).get(11)).toBeUndefined();
});

test('fifty thousand, each started by the one before, with numbers that began again below it', () => {
  const COUNT = 50_000;
  const chain = Array.from({ length: COUNT }, (_, index) => one(index + 1, index + 2, { startedAt: COUNT - index }));
  const trees = [{ treeId: 'a', root: { pid: COUNT, startTime: `s${COUNT}` } }];
  expect([...treesOf(chain, trees).values()].filter((tree) => tree === 'a')).toHaveLength(COUNT);
});
