/** Processors as `node:os` has them. */
import { cpus } from 'node:os';
import type { CpuReading, CpuTimes } from './machine.ts';

export function coresOfOs(): readonly CpuTimes[] {
  return cpus().map(({ times: { user, nice, sys, irq, idle } }) => {
    const busy = user + nice + sys + irq;
    return { busy, total: busy + idle };
  });
}

export const together = (cores: readonly CpuTimes[]): CpuReading => ({
  busy: cores.reduce((sum, { busy }) => sum + busy, 0),
  total: cores.reduce((sum, { total }) => sum + total, 0),
  cores,
});

/** Empty where it is unknown: `node:os` throws then, as under Wine, or says so. */
export function cpuModelOfOs(): string {
  try {
    const model = cpus()[0]?.model.trim() ?? '';
    return model === 'unknown' ? '' : model;
  } catch {
    return '';
  }
}
