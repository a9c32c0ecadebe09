/** What is said of a process, in the list and in detail. */
import type { ProcessResource } from '../../../protocol/processes.ts';
import { oneLine } from '../one-line.ts';
import { bytesText } from '../time-text.ts';

/** Its command line; where that is not told, or empty as that of a thread of the kernel, its name. */
export const titleOf = ({ command, name }: Pick<ProcessResource, 'command' | 'name'>): string =>
  oneLine(command ?? '') || oneLine(name) || '(no name)';

export const cpuText = (cpu: number | null): string => (cpu === null ? '–' : `${cpu.toFixed(cpu < 10 ? 1 : 0)}%`);
export const memoryText = (memory: number | null): string => (memory === null ? '–' : bytesText(memory));

export const usageText = ({ cpu, memory }: Pick<ProcessResource, 'cpu' | 'memory'>): string =>
  `${cpuText(cpu)} · ${memoryText(memory)}`;
