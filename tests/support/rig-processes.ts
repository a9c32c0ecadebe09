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

export const endMarked = (marker: string): void => endAll(runningMarked(marker));

/** Those that have the text anywhere in their arguments. */
export const endNaming = (text: string): void => endAll(running((args) => args.some((arg) => arg.includes(text))));

function running(isOne: (args: readonly string[]) => boolean): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => isOne(argumentsOf(pid)))
    .map(Number)
    .filter(isAlive);
}

function endAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone in between.
    }
  }
}

function argumentsOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
