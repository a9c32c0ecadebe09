/** What the page files of Windows hold, out of what the system writes of them. */
import { expect, test } from 'bun:test';
import { sumOf } from '../../../src/platform/machine/windows/page-files.ts';

/** SYSTEM_PAGEFILE_INFORMATION: next, total, in use, peak, then the name. */
const entry = (next: number, total: number, used: number): number[] => [next, total, used, used + 1, 0, 0, 0, 0];

test('all of them together, in bytes; none where there is none', () => {
  const two = new Uint32Array([...entry(32, 1000, 10), ...entry(0, 2000, 20)]);
  expect(sumOf(new Uint8Array(two.buffer))).toEqual({ swapTotal: 3000 * 4096, swapUsed: 30 * 4096 });
  const one = new Uint32Array([...entry(0, 1000, 10), ...entry(0, 2000, 20)]);
  expect(sumOf(new Uint8Array(one.buffer))).toEqual({ swapTotal: 1000 * 4096, swapUsed: 10 * 4096 });
  expect(sumOf(new Uint8Array(0))).toEqual({ swapTotal: 0, swapUsed: 0 });
});
