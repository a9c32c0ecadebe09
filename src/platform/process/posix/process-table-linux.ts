/** The process table from /proc (proc(5)). */
import { readdirSync, readFileSync } from 'node:fs';
import { sleep } from '../../../core/sleep.ts';
import type { ProcessEntry, ProcessSnapshot } from './process-entry.ts';
import { treeIdIn } from './tree-variable.ts';

// A start time counts from boot: without the boot's own id, a record from before it could match.
let bootId: string | undefined;

/** Enough unless processes fork without a pause, and those are looked at again anyway. */
const MAX_LISTINGS = 4;

/** So long it may keep others from their turn: with a thousand processes all of it takes some 50 ms. */
const SLICE_MS = 3;

export async function readProcessesLinux(): Promise<ProcessSnapshot> {
  const entries = new Map<number, ProcessEntry>();
  const looked = new Set<string>();
  let sliceEnds = performance.now() + SLICE_MS;
  // Listed until nothing new comes: a process may start a child and end between the list and the look at it.
  for (let listing = 0; listing < MAX_LISTINGS; listing += 1) {
    const fresh = readdirSync('/proc').filter((name) => !looked.has(name));
    if (fresh.length === 0) break;
    for (const name of fresh) {
      looked.add(name);
      const pid = Number(name);
      const entry = Number.isInteger(pid) ? readProcessLinux(pid) : undefined;
      if (entry !== undefined) entries.set(pid, entry);
      // Everybody who takes a snapshot asks for it: now, while others have their turns in between.
      entry?.treeId();
      if (performance.now() < sliceEnds) continue;
      await sleep(0);
      sliceEnds = performance.now() + SLICE_MS;
    }
  }
  return entries;
}

/** One process, or undefined when it has gone. */
export function readProcessLinux(pid: number): ProcessEntry | undefined {
  const stat = readOrNothing(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The second field is the name in parentheses, which may hold spaces and parentheses itself.
  const fields = fieldsOf(stat);
  const state = fields[0];
  return {
    pid,
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    startTime: startTimeOf(fields),
    startedAt: Number(fields[19]),
    zombie: state === 'Z' || state === 'X',
    commandLine: () => readOrNothing(`/proc/${pid}/cmdline`, 'utf8') ?? '',
    treeId: once(() => treeIdIn(readOrNothing(`/proc/${pid}/environ`) ?? '', '\0')),
  };
}

const fieldsOf = (stat: string): string[] => stat.slice(stat.lastIndexOf(')') + 2).split(' ');

function startTimeOf(fields: readonly string[]): string {
  bootId ??= readOrNothing('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
  return `${fields[19]}@${bootId}`;
}

/** The time of the start that a line of `/proc/PID/stat` has. */
export const startTimeIn = (stat: string): string => startTimeOf(fieldsOf(stat));

/** Ticks since boot, as start times have them. A tick is a hundredth of a second to programs, whatever it is to the kernel. */
export function startClockLinux(): number {
  return Math.floor(Number(readOrNothing('/proc/uptime')?.split(' ')[0]) * 100);
}

/** Each thread has a list of the children it has started. Empty where the kernel was built without (CONFIG_PROC_CHILDREN). */
export function childrenLinux(pid: number): number[] {
  return threadsOf(pid).flatMap((thread) =>
    (readOrNothing(`/proc/${pid}/task/${thread}/children`) ?? '').split(' ').filter(Boolean).map(Number),
  );
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

// A snapshot is shared: a thousand trees that end together must not read a thousand environments a thousand times.
function once<T>(read: () => T): () => T {
  let kept: { readonly value: T } | undefined;
  return () => (kept ??= { value: read() }).value;
}

// Ended in the meantime, or of another user: either way nothing is known of it.
function readOrNothing(path: string, encoding: 'latin1' | 'utf8' = 'latin1'): string | undefined {
  try {
    return readFileSync(path, encoding);
  } catch {
    return undefined;
  }
}
