/** What the views of the machine are made of: rows of a tree, the graph of the load, and a line for the command line. */
import { describe, expect, test } from 'bun:test';
import { graphPaths, graphText, spanText, withPoint } from '../../src/console/page/load/load-history.ts';
import { oneLine } from '../../src/console/page/one-line.ts';
import { forwardLine } from '../../src/console/page/ports/forward-line.ts';
import { processFilterOf, queryOf } from '../../src/console/page/processes/process-filter.ts';
import { rowsOf } from '../../src/console/page/processes/process-rows.ts';
import { bytesText } from '../../src/console/page/time-text.ts';
import type { ProcessNode } from '../../src/protocol/process-tree.ts';

const node = (pid: number, command: string, children?: ProcessNode[]): ProcessNode => ({
  pid,
  ppid: 1,
  name: 'name',
  command,
  user: 'somebody',
  startedAt: 0,
  startTime: '',
  cpu: null,
  memory: null,
  status: 'sleeping',
  threads: null,
  ...(children !== undefined && { children }),
});

describe('rows of processes', () => {
  const tree = [
    node(10, 'first', [node(11, 'inner', [node(12, 'needle one')]), node(13, 'other', [node(14, 'Needle two')])]),
    node(20, 'second', [node(21, 'child')]),
  ];
  const shown = (find?: string) => rowsOf(tree, find).map(({ process, depth }) => [process.pid, depth]);

  test('a tree in the order in which it is read', () => {
    expect(shown()).toEqual([
      [10, 0],
      [11, 1],
      [12, 2],
      [13, 1],
      [14, 2],
      [20, 0],
      [21, 1],
    ]);
  });

  test('with a text those that have it, below those that they descend from', () => {
    expect(shown(' needle ')).toEqual([
      [10, 0],
      [11, 1],
      [12, 2],
      [13, 1],
      [14, 2],
    ]);
    expect(shown('two')).toEqual([
      [10, 0],
      [13, 1],
      [14, 2],
    ]);
    expect(shown('second')).toEqual([[20, 0]]);
    // A number is one whole.
    expect(shown('21')).toEqual([
      [20, 0],
      [21, 1],
    ]);
    expect(shown('2')).toEqual([]);
  });

  test('a chain of ten thousand', () => {
    let chain = node(10_000, 'last');
    for (let pid = 9999; pid > 0; pid -= 1) chain = node(pid, '', [chain]);
    expect(rowsOf([chain]).at(-1)).toMatchObject({ depth: 9999, process: { pid: 10_000 } });
    expect(rowsOf([chain], 'last')).toHaveLength(10_000);
  });
});

test('what the address says is what was chosen; what nobody knows is as ever', () => {
  const wanted = { all: true, tree: false, sort: 'memory', find: 'a b&c' } as const;
  expect(processFilterOf(queryOf(wanted))).toEqual(wanted);
  expect(processFilterOf('sort=constructor&all=yes')).toEqual({ all: false, tree: true, sort: 'pid', find: '' });
  expect(queryOf(processFilterOf(''))).toBe('');
});

test('names in one line, whatever is in them', () => {
  expect(oneLine('a\r\n\tb\u0000c\u2028d')).toBe('a b c d');
  expect(oneLine('\u202etxt.exe')).toBe('\ufffdtxt.exe');
  expect(oneLine('x'.repeat(5000))).toHaveLength(300);
});

test('sizes of files, also of one byte', () => {
  expect([0, 1, 2, 1500].map(bytesText)).toEqual(['0 bytes', '1 byte', '2 bytes', '1.5 kB']);
});

test('the line that forwards a port says to which server, unless that is the machine itself', () => {
  expect(forwardLine(3000, 'http://localhost:8585/#/machine/ports')).toBe('agent-server forward 3000');
  expect(forwardLine(3000, 'http://[::1]:8585/')).toBe('agent-server forward 3000');
  expect(forwardLine(3000, 'https://box.example/below/#/x')).toBe(
    'agent-server forward 3000 --url https://box.example/below',
  );
});

describe('the graph of the load', () => {
  const at = (seconds: number, cpu: number) => ({ at: 1_000_000 + seconds * 1000, cpu, memory: 50 });
  const box = { width: 300, height: 100 };

  test('a line from the first point to the newest one at its right end', () => {
    expect(graphPaths([at(0, 0), at(5, 50), at(10, 100)], 'cpu', box)).toEqual({
      line: 'M250 100L275 50L300 0',
      area: 'M250 100L275 50L300 0L300 100L250 100Z',
    });
  });

  test('what nobody looked at is a gap, and a point alone a dot', () => {
    expect(graphPaths([at(0, 10), at(60, 20)], 'cpu', box).line).toBe('M0 90h0M300 80h0');
    expect(graphPaths([], 'cpu', box)).toEqual({ line: '', area: '' });
  });

  test('five minutes are kept, and said in words', () => {
    let points = [at(0, 1)];
    for (let seconds = 2; seconds <= 900; seconds += 2) points = withPoint(points, at(seconds, seconds % 80));
    expect(points).toHaveLength(150);
    expect(graphText('CPU', points, 'cpu')).toBe('CPU over the last 5 minutes: now 20%, between 0% and 78%');
    expect(spanText([at(0, 1)])).toBe('the last minute');
  });
});
