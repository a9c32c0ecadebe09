/** What some files of Linux say, by proc(5) and os-release(5). */
import type { CpuReading, CpuTimes, Memory } from '../machine.ts';

/** /proc/stat. Undefined where there is no line of the processors. */
export function parseStat(text: string): CpuReading | undefined {
  const lines = text.split('\n').filter((line) => line.startsWith('cpu'));
  const [all, ...cores] = lines.map(parseCpuLine);
  return all === undefined ? undefined : { ...all, cores };
}

function parseCpuLine(line: string): CpuTimes {
  // user nice system idle iowait irq softirq steal; guest times are part of user and nice already.
  const fields = line.trim().split(/\s+/).slice(1, 9).map(Number);
  const total = fields.reduce((sum, field) => sum + field, 0);
  // A processor that waits for a disk is free for other programs.
  return { busy: total - (fields[3] ?? 0) - (fields[4] ?? 0), total };
}

/** /proc/meminfo. */
export function parseMemory(text: string): Memory {
  const bytes = (name: string) => Number(text.match(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm'))?.[1] ?? 0) * 1024;
  const swapTotal = bytes('SwapTotal');
  return {
    total: bytes('MemTotal'),
    // Kernels before 3.14 do not say it.
    available: bytes('MemAvailable') || bytes('MemFree') + bytes('Cached'),
    swapTotal,
    swapUsed: swapTotal - bytes('SwapFree'),
  };
}

/** Lines `NAME=value` or `NAME="value"`. */
export function parseAssignments(text: string): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    [...text.matchAll(/^([A-Z_]+)=(?:"([^"\n]*)"|([^\n]*))$/gm)].map(([, name = '', quoted, plain]) => [
      name,
      quoted ?? plain ?? '',
    ]),
  );
}
