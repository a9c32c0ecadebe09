/** Processes as the test's own machine sees them (Linux; a server in Wine shows up there too). */
import { readdirSync, readFileSync } from 'node:fs';

/** Whether the pid is a process that runs; a zombie does not. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

/** Pids of living processes that have `marker` as a whole argument. */
export const runningMarked = (marker: string): number[] => running((args) => args.includes(marker));

/** Ends those that have it in an argument. */
export function endMarked(marker: string): void {
  for (const pid of running((args) => args.some((arg) => arg.includes(marker)))) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone in between.
    }
  }
}

function running(isOne: (args: readonly string[]) => boolean): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => isOne(argumentsOf(pid)))
    .map(Number)
    .filter(isAlive);
}

function argumentsOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
