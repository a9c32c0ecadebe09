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
export function runningMarked(marker: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => argumentsOf(pid).includes(marker))
    .map(Number)
    .filter(isAlive);
}

export function endMarked(marker: string): void {
  for (const pid of runningMarked(marker)) {
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
