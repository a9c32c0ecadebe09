/** Processes below those that have started them. */
import { expect, test } from 'bun:test';
import { nested } from '../../../src/http/processes/view.ts';
import type { ProcessResource } from '../../../src/protocol/processes.ts';

const one = (pid: number, ppid: number, startedAt: number): ProcessResource => ({
  pid,
  ppid,
  name: 'one',
  command: 'one',
  user: 'me',
  startedAt,
  startTime: String(startedAt),
  cpu: 0,
  memory: 1,
  status: 'running',
  threads: 1,
});

const shape = (nodes: ReturnType<typeof nested>): unknown[] =>
  nodes.map(({ pid, children }) => (children === undefined ? pid : [pid, shape(children)]));

test('children are below their parents, whose number is not another one’s by now', () => {
  // In the order in which they are listed, whoever comes first.
  expect(shape(nested([one(3, 2, 30), one(2, 1, 20), one(4, 2, 40), one(9, 7, 50)]))).toEqual([[2, [3, 4]], 9]);
  // Its parent has ended, and 5 is a younger process.
  expect(shape(nested([one(5, 1, 90), one(6, 5, 10)]))).toEqual([5, 6]);
  // Process 0 of Windows is its own parent.
  expect(shape(nested([one(0, 0, 0), one(4, 0, 1)]))).toEqual([[0, [4]]]);
});
