/**
 * The names of a folder in byte order: on POSIX a raw name has a character for each byte, on Windows it is ordered by its 16-bit
 * units. Runs are sorted by the engine and merged in pieces, because a folder of a million names would hold everybody up.
 */
import type { FolderItem } from '../../platform/machine-paths/read-folder.ts';
import type { Pace } from './pace.ts';

const RUN = 4096;
const PIECE = 1024;

export async function sorted(items: readonly FolderItem[], pace: Pace): Promise<readonly FolderItem[]> {
  let runs: (readonly FolderItem[])[] = [];
  for (let from = 0; from < items.length; from += RUN) {
    runs.push(items.slice(from, from + RUN).toSorted((a, b) => (a.name < b.name ? -1 : 1)));
    await pace.rest();
  }
  while (runs.length > 1) {
    const merged: (readonly FolderItem[])[] = [];
    for (let at = 0; at < runs.length; at += 2) merged.push(await merge(runs[at] ?? [], runs[at + 1] ?? [], pace));
    runs = merged;
  }
  return runs[0] ?? [];
}

async function merge(a: readonly FolderItem[], b: readonly FolderItem[], pace: Pace): Promise<readonly FolderItem[]> {
  const merged: FolderItem[] = [];
  let [fromA, fromB] = [0, 0];
  for (;;) {
    const [first, second] = [a[fromA], b[fromB]];
    if (first === undefined) return merged.concat(b.slice(fromB));
    if (second === undefined) return merged.concat(a.slice(fromA));
    if (first.name < second.name) {
      merged.push(first);
      fromA += 1;
    } else {
      merged.push(second);
      fromB += 1;
    }
    if (merged.length % PIECE === 0) await pace.rest();
  }
}
