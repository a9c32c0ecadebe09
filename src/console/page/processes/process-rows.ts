/** What a list of processes shows, in its order: a tree as rows with a depth, and of all of them those that are asked for. */
import type { ProcessNode } from '../../../protocol/process-tree.ts';
import type { ProcessResource } from '../../../protocol/processes.ts';

export interface ProcessRowOf {
  readonly process: ProcessResource;
  /** How many of those that it descends from are shown above it. */
  readonly depth: number;
}

/** With a text, those that have it and those that they descend from. */
export function rowsOf(nodes: readonly ProcessNode[], find = ''): ProcessRowOf[] {
  const wanted = find.trim().toLowerCase();
  const rows: ProcessRowOf[] = [];
  // By hand in place of recursion: a chain of processes may be longer than the stack is deep.
  const open: { readonly node: ProcessNode; readonly depth: number }[] = [];
  const put = (list: readonly ProcessNode[], depth: number): void => {
    for (const node of list.toReversed()) open.push({ node, depth });
  };
  put(nodes, 0);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, depth } = next;
    rows.push({ process: node, depth });
    put(node.children ?? [], depth + 1);
  }
  return wanted === '' ? rows : matching(rows, wanted);
}

/** From the end: what was kept last wants the row above it that is less deep. */
function matching(rows: readonly ProcessRowOf[], wanted: string): ProcessRowOf[] {
  const kept: ProcessRowOf[] = [];
  let needed = 0;
  for (const row of rows.toReversed()) {
    const isParent = row.depth < needed;
    if (!isParent && !fits(row.process, wanted)) continue;
    kept.push(row);
    needed = row.depth;
  }
  return kept.toReversed();
}

function fits({ pid, name, command, user, ports = [] }: ProcessResource, wanted: string): boolean {
  return (
    String(pid) === wanted ||
    ports.some((port) => String(port) === wanted) ||
    [name, command, user].some((text) => text?.toLowerCase().includes(wanted) === true)
  );
}
