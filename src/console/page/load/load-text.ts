/** How busy a machine is, in one line. */
import type { SystemEvent } from '../../../protocol/system.ts';
import { bytesText } from '../time-text.ts';

/** Of the disks it is the first one that answers and stays in the machine. */
export function loadText({ cpu, memory, disks }: Pick<SystemEvent, 'cpu' | 'memory' | 'disks'>): string {
  const disk = disks.find(({ free, removable }) => free !== null && !removable);
  return [
    `CPU ${Math.round(cpu.usage)}%`,
    `memory ${bytesText(memory.used)} of ${bytesText(memory.total)}`,
    ...(disk === undefined ? [] : [`${bytesText(disk.free ?? 0)} free on ${disk.mount}`]),
  ].join(' · ');
}
