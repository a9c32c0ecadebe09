/** The figures of the process. */
import { expect, spyOn, test } from 'bun:test';
import { processMetrics } from '../../src/metrics/process-metrics.ts';

const MEMORY = 'process_resident_memory_bytes';
const names = () => processMetrics().map(({ name }) => name);

test('the memory is left out while the system cannot say it, and the others are not', () => {
  expect(names()).toContain(MEMORY);
  using _spy = spyOn(process.memoryUsage, 'rss').mockImplementation(() => {
    throw new Error('Failed to get memory usage');
  });
  expect(names()).toEqual(['process_cpu_seconds_total', 'process_start_time_seconds']);
});
