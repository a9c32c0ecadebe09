/**
 * The processes of this machine at one moment.
 *
 * Read only while a tree is being ended, and then once for all callers of about the same time: a thousand timeouts in
 * one second must not read /proc a thousand times.
 */
import { sleep } from '../../../core/sleep.ts';
import type { ProcessIdentity } from '../process.ts';
import { isOf, type ProcessEntry, type ProcessSnapshot } from './process-entry.ts';
import { childrenLinux, readProcessesLinux, readProcessLinux, startClockLinux } from './process-table-linux.ts';
import { isRunningPs, readProcessesPs, readProcessPs, startClockPs } from './process-table-ps.ts';

const readProcesses = process.platform === 'linux' ? readProcessesLinux : readProcessesPs;
const GATHER_MS = 4;

let gathering: Promise<ProcessSnapshot> | undefined;

/** A snapshot taken after this call, shared with the callers of the next few milliseconds. */
export function processSnapshot(): Promise<ProcessSnapshot> {
  gathering ??= sleep(GATHER_MS).then(() => {
    gathering = undefined;
    return readProcesses();
  });
  return gathering;
}

/** One process now, or undefined when there is none of that number. */
export const readProcess = (pid: number): ProcessEntry | undefined =>
  process.platform === 'linux' ? readProcessLinux(pid) : readProcessPs(pid);

/**
 * Whether a process runs that was started before this server, cheap enough to be asked ten times a second for many. Where
 * it cannot be told just now (no descriptor was left to look with) it is taken to run: the next look will tell.
 */
export async function isRunning({ pid, startTime }: ProcessIdentity): Promise<boolean> {
  try {
    if (process.platform === 'linux') return isOf(readProcessLinux(pid), startTime);
    return await isRunningPs({ pid, startTime });
  } catch {
    return true;
  }
}

/** Now, on the clock of the processes' starts: hundredths of a second on Linux, seconds elsewhere. */
export const startClock: () => number = process.platform === 'linux' ? startClockLinux : startClockPs;

/** Pids of its children, where that costs next to nothing: on Linux. */
export const childrenOf = (pid: number): readonly number[] => (process.platform === 'linux' ? childrenLinux(pid) : []);
