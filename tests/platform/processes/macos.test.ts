/** What macOS tells, by the layout of its headers: no Mac has been asked yet. */
import { expect, test } from 'bun:test';
import { parseArguments } from '../../../src/platform/processes/posix/mac-arguments.ts';
import {
  bsdInfoIn,
  BSD_INFO_BYTES,
  taskInfoIn,
  TASK_INFO_BYTES,
} from '../../../src/platform/processes/posix/mac-structures.ts';

test('struct proc_bsdinfo', () => {
  const bytes = new Uint8Array(BSD_INFO_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(4, 2, true);
  view.setUint32(16, 41, true);
  view.setUint32(20, 501, true);
  bytes.set(new TextEncoder().encode('short'), 48);
  view.setUint32(100, 42, true);
  const started = new Date(2026, 10, 3, 4, 5, 6);
  view.setBigUint64(120, BigInt(started.getTime() / 1000), true);
  view.setBigUint64(128, 250_000n, true);
  expect(bsdInfoIn(bytes)).toEqual({
    status: 'running',
    ppid: 41,
    uid: 501,
    name: 'short',
    pgid: 42,
    startedAt: started.getTime() + 250,
    startTime: 'Tue Nov  3 04:05:06 2026',
  });
  bytes.set(new TextEncoder().encode('a name of more than sixteen'), 64);
  expect(bsdInfoIn(bytes).name).toBe('a name of more than sixteen');
});

test('struct proc_taskinfo', () => {
  const view = new DataView(new ArrayBuffer(TASK_INFO_BYTES));
  view.setBigUint64(8, 4096n, true);
  view.setBigUint64(16, 2_000_000n, true);
  view.setBigUint64(24, 1_000_000n, true);
  view.setInt32(84, 3, true);
  const cpuMs = process.arch === 'arm64' ? 125 : 3;
  expect(taskInfoIn(new Uint8Array(view.buffer))).toEqual({ memory: 4096, cpuMs, threads: 3 });
});

test('KERN_PROCARGS2: arguments, also empty ones, and of the environment the tree alone', () => {
  const text = '/bin/prog\0\0\0\0prog\0\0a b\0SECRET=x\0AGENT_SERVER_TREE_ID=0123456789ab\0';
  const bytes = new Uint8Array([3, 0, 0, 0, ...new TextEncoder().encode(text)]);
  expect(parseArguments(bytes)).toEqual({ args: ['prog', '', 'a b'], treeId: '0123456789ab' });
});
