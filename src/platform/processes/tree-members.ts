/** Which tree each process belongs to: the one that it names, that of its session or group, or that of its parent. */
import type { OwnTree } from './processes.ts';

interface Relative {
  readonly pid: number;
  readonly ppid: number;
  readonly startTime: string;
  readonly startedAt: number;
  readonly pgid?: number;
  readonly sid?: number;
  /** What its environment names. */
  readonly treeId: string | undefined;
}

export function treesOf(processes: readonly Relative[], trees: readonly OwnTree[]): ReadonlyMap<number, string> {
  const byPid = new Map(processes.map((one) => [one.pid, one]));
  const roots = new Map(
    trees.flatMap(({ treeId, root }) => {
      const holder = root === undefined ? undefined : byPid.get(root.pid);
      // The number counts while no other process has it.
      const isUsable = root !== undefined && (holder === undefined || holder.startTime === root.startTime);
      return isUsable ? [[root.pid, treeId] as const] : [];
    }),
  );
  // A job in a shell that is kept has that one's tree for as long as it runs.
  const kept = new Map(
    [...roots].flatMap(([pid, treeId]) => {
      const named = byPid.get(pid)?.treeId;
      return named === undefined || named === treeId ? [] : [[named, treeId] as const];
    }),
  );
  const found = new Map<number, string | undefined>();
  const treeOf = (pid: number, seen: readonly number[] = []): string | undefined => {
    const one = byPid.get(pid);
    if (one === undefined || seen.includes(pid)) return undefined;
    if (found.has(pid)) return found.get(pid);
    const parent = byPid.get(one.ppid);
    const tree =
      (one.treeId === undefined ? undefined : (kept.get(one.treeId) ?? one.treeId)) ??
      roots.get(pid) ??
      roots.get(one.sid ?? 0) ??
      roots.get(one.pgid ?? 0) ??
      // Windows keeps the number of a parent that has gone, which another one may have by now.
      (parent === undefined || parent.startedAt > one.startedAt ? undefined : treeOf(one.ppid, [...seen, pid]));
    found.set(pid, tree);
    return tree;
  };
  return new Map(
    processes.flatMap(({ pid }) => {
      const tree = treeOf(pid);
      return tree === undefined ? [] : [[pid, tree] as const];
    }),
  );
}
