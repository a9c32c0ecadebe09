/** Which tree each process belongs to: the one that it names, that of its session or group, or that of its parent. */
import type { OwnTree } from './processes.ts';

interface Relative {
  readonly pid: number;
  readonly ppid: number;
  readonly startTime: string;
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
  const found = new Map<number, string | undefined>();
  const treeOf = (pid: number, seen: readonly number[] = []): string | undefined => {
    const one = byPid.get(pid);
    if (one === undefined || seen.includes(pid)) return undefined;
    if (found.has(pid)) return found.get(pid);
    const tree =
      one.treeId ??
      roots.get(pid) ??
      roots.get(one.sid ?? 0) ??
      roots.get(one.pgid ?? 0) ??
      treeOf(one.ppid, [...seen, pid]);
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
