/**
 * Everything a job started, and how it is ended.
 *
 * A process belongs to the tree when it is in the job's session or group, carries the job's id in
 * its environment, or descends from one that does; once found it stays one. A daemon that left the session, lost its parent
 * and cleared its environment, all three, is not found: only a container would hold it.
 */
import { sleep } from '../../../core/sleep.ts';
import type { ProcessIdentity } from '../process.ts';
import { sendSignal } from '../send-signal.ts';
import { keyOf, type ProcessEntry, type ProcessSnapshot } from './process-entry.ts';
import { isRunning, processSnapshot } from './process-table.ts';

/** A process that ignores SIGKILL hangs in the kernel (NFS, a dying disk): waiting longer changes nothing. */
const KILL_TIMEOUT_MS = 5000;
const FIRST_LOOK_MS = 5;
const LAST_LOOK_MS = 100;
/** The looks at all processes of a tree that does not end take a tenth of the time. */
const COST_FACTOR = 9;

export interface Tree {
  readonly root: ProcessIdentity | undefined;
  readonly treeId: string;
  /** The group that its root leads, as long as nobody else can have that number: for where no process can be looked at. */
  readonly ownGroup?: () => number | undefined;
}

/** Which of a machine's processes are meant. */
export type Pick = (snapshot: ProcessSnapshot) => readonly ProcessEntry[];

/** SIGTERM, `graceMs`, SIGKILL. Resolves when nothing is left of the tree. */
export const endTree = (tree: Tree, graceMs: number): Promise<void> =>
  endAll((snapshot) => members(snapshot, tree), graceMs, tree.ownGroup);

/** The same for any processes. */
export async function endAll(pick: Pick, graceMs: number, ownGroup: Tree['ownGroup'] = () => undefined): Promise<void> {
  const remaining = remembering(pick);
  if (await sweep(remaining, 'SIGTERM', graceMs, ownGroup)) return;
  await sweep(remaining, 'SIGKILL', KILL_TIMEOUT_MS, ownGroup);
}

/**
 * Picks what was picked before as well, with what it has started since: a process that was found below its parent is
 * nobody's descendant any more when the parent ends first.
 */
function remembering(pick: Pick): Pick {
  const known = new Map<number, string>();
  return (snapshot) => {
    const found = new Set(pick(snapshot).map(({ pid }) => pid));
    const before = found.size;
    for (const [pid, startTime] of known) if (snapshot.get(pid)?.startTime === startTime) found.add(pid);
    if (found.size > before) addDescendants(snapshot, found);
    const entries = runningOf(snapshot, found);
    for (const { pid, startTime } of entries) known.set(pid, startTime);
    return entries;
  };
}

/** Signals all of them, and latecomers as they appear, until none is left (true) or time is up (false). */
async function sweep(
  pick: Pick,
  signal: 'SIGTERM' | 'SIGKILL',
  timeoutMs: number,
  ownGroup: NonNullable<Tree['ownGroup']>,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  let unseenFrom = signal === 'SIGTERM' ? deadline - timeoutMs / 2 : deadline - timeoutMs;
  const signalled = new Set<string>();
  for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * 2, LAST_LOOK_MS)) {
    const began = performance.now();
    const isLate = began >= deadline;
    const snapshot = await processSnapshot().catch((error: unknown) => {
      // No descriptor was left to read the table with; one may be free in a moment.
      if (isLate && signal === 'SIGKILL') throw error;
      return undefined;
    });
    if (snapshot === undefined) {
      // What has been looked for in vain for a while gets the signal all the same: its end may free the descriptors.
      const group = began >= unseenFrom ? ownGroup() : undefined;
      if (group !== undefined) {
        sendSignal(-group, signal);
        unseenFrom = Number.POSITIVE_INFINITY;
      }
      if (isLate) return false;
      await sleep(pause);
      continue;
    }
    const left = pick(snapshot);
    const ended = performance.now();
    if (left.length === 0) return true;
    // A group is signalled at one stroke, so that no process of it can fork in between.
    if (signal === 'SIGKILL') for (const group of ownGroups(snapshot, left)) sendSignal(-group, signal);
    // SIGTERM once each: a second one makes some programs give up their clean-up.
    const unsignalled = signal === 'SIGKILL' ? left : left.filter((entry) => !signalled.has(keyOf(entry)));
    for (const entry of unsignalled) {
      signalled.add(keyOf(entry));
      sendSignal(entry.pid, signal);
      // A stopped process handles SIGTERM only once it runs again.
      if (signal === 'SIGTERM') sendSignal(entry.pid, 'SIGCONT');
    }
    if (performance.now() >= deadline) return false;
    await sleep(pause);
    // Looking at all processes costs the more the more there are, at those that are left next to nothing: so much time
    // passes before the next look at all, unless those that are known are gone.
    const dueAt = Math.min(deadline, ended + COST_FACTOR * (ended - began));
    while (performance.now() < dueAt && (await areRunning(left))) await sleep(pause);
  }
}

async function areRunning(entries: readonly ProcessEntry[]): Promise<boolean> {
  for (const entry of entries) if (await isRunning(entry)) return true;
  return false;
}

export function members(snapshot: ProcessSnapshot, tree: Tree): ProcessEntry[] {
  const rootPid = usableRoot(snapshot, tree.root);
  const found = new Set<number>();
  for (const entry of snapshot.values()) {
    const inSession =
      rootPid !== undefined && (entry.session === rootPid || entry.group === rootPid || entry.pid === rootPid);
    if (inSession || entry.treeId() === tree.treeId) found.add(entry.pid);
  }
  addDescendants(snapshot, found);
  return runningOf(snapshot, found);
}

/** The entries of these processes, without those that have ended and without this one. */
function runningOf(snapshot: ProcessSnapshot, pids: ReadonlySet<number>): ProcessEntry[] {
  return [...pids].flatMap((pid) => {
    const entry = snapshot.get(pid);
    return entry === undefined || entry.zombie || pid === process.pid ? [] : [entry];
  });
}

// The root's pid counts only while no other process has it: a reaped pid is given out again.
function usableRoot(snapshot: ProcessSnapshot, root: ProcessIdentity | undefined): number | undefined {
  if (root === undefined) return undefined;
  const holder = snapshot.get(root.pid);
  return holder === undefined || holder.startTime === root.startTime ? root.pid : undefined;
}

function addDescendants(snapshot: ProcessSnapshot, found: Set<number>): void {
  for (let grown = true; grown;) {
    grown = false;
    for (const entry of snapshot.values()) {
      if (found.has(entry.pid) || !found.has(entry.parent)) continue;
      found.add(entry.pid);
      grown = true;
    }
  }
}

/** Groups that hold members of the tree and no other process. */
function ownGroups(snapshot: ProcessSnapshot, left: readonly ProcessEntry[]): Set<number> {
  const ours = new Set(left.map(({ pid }) => pid));
  const groups = new Set(left.map(({ group }) => group));
  for (const { pid, group, zombie } of snapshot.values()) {
    if (!zombie && !ours.has(pid)) groups.delete(group);
  }
  // They mean something else to kill(2): the caller's own group, and every process.
  for (const special of [0, 1]) groups.delete(special);
  return groups;
}
