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
  const ownTreeOf = ({ pid, sid = 0, pgid = 0, treeId }: Relative): string | undefined =>
    (treeId === undefined ? undefined : (kept.get(treeId) ?? treeId)) ??
    roots.get(pid) ??
    roots.get(sid) ??
    roots.get(pgid);
  const parentOf = ({ ppid, startedAt }: Relative): Relative | undefined => {
    const parent = byPid.get(ppid);
    // Windows keeps the number of a parent that has gone, which another one may have by now.
    return parent === undefined || parent.startedAt > startedAt ? undefined : parent;
  };
  const found = new Map<number, string | undefined>();
  const treeOf = (pid: number): string | undefined => {
    const way: number[] = [];
    let tree: string | undefined;
    // No call for each parent: a program may start one below the other without end.
    for (let one = byPid.get(pid); one !== undefined && tree === undefined; one = parentOf(one)) {
      if (found.has(one.pid)) {
        tree = found.get(one.pid);
        break;
      }
      // Who is his own ancestor finds himself here.
      found.set(one.pid, undefined);
      way.push(one.pid);
      tree = ownTreeOf(one);
    }
    for (const member of way) found.set(member, tree);
    return tree;
  };
  return new Map(
    processes.flatMap(({ pid }) => {
      const tree = treeOf(pid);
      return tree === undefined ? [] : [[pid, tree] as const];
    }),
  );
}
