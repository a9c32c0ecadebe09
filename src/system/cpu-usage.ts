/** How busy the processors were between two looks. */
import type { CpuReading, CpuTimes } from '../platform/machine/machine.ts';

export interface CpuUsage {
  /** Percent of all processors, 0 to 100, with one decimal. */
  readonly usage: number;
  readonly perCore: readonly number[];
}

export const usageBetween = (before: CpuReading, after: CpuReading): CpuUsage => ({
  usage: percent(before, after),
  // A processor that came meanwhile has no time before.
  perCore: after.cores.map((core, index) => percent(before.cores[index] ?? { busy: 0, total: 0 }, core)),
});

/** Counters of a processor that was switched off and on may go back. */
function percent(before: CpuTimes, after: CpuTimes): number {
  const total = after.total - before.total;
  if (total <= 0) return 0;
  const share = (after.busy - before.busy) / total;
  return Math.round(Math.min(1, Math.max(0, share)) * 1000) / 10;
}
