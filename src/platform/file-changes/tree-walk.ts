/**
 * A way through a folder and those in it, which holds the folder where it is: no link that is put in the place of one on the way
 * leads it elsewhere, and what a step costs does not grow with the depth.
 */
import { codeOf } from '../../core/failure.ts';
import type { RawPath } from '../machine-paths/machine-paths.ts';

export interface TreeWalk extends AsyncDisposable {
  /** The folder where it is, for calls that follow it; until the next step. */
  readonly here: RawPath;
  /** A name in that folder. */
  at(name: RawPath): RawPath;
  /** Into a folder, never over a link. Throws what the file system throws, also where it is none. */
  down(name: RawPath): Promise<void>;
  /** Back. `leaving`: done with the folder that it leaves. Throws where the folder above is not found any more. */
  up(leaving?: (folder: RawPath) => Promise<void>): Promise<void>;
  /** Whether what was just looked at is in that folder, rather than in one that had its place for a moment. */
  isStill(): boolean;
}

/**
 * `enter` says which names in the folder are looked into, of which those that have gone by then are passed over; `leave` comes after
 * each of them, in the folder above.
 */
export async function throughTree(
  walk: TreeWalk,
  enter: () => Promise<RawPath[]>,
  leave: (name: RawPath) => Promise<void> = async () => {},
): Promise<void> {
  const above: { readonly name: RawPath; readonly left: RawPath[] }[] = [];
  let left = await enter();
  for (;;) {
    const name = left.pop();
    if (name !== undefined) {
      if (!(await isThere(() => walk.down(name)))) continue;
      above.push({ name, left });
      left = await enter();
      continue;
    }
    const back = above.pop();
    if (back === undefined) return;
    await walk.up();
    await leave(back.name);
    ({ left } = back);
  }
}

async function isThere(goThere: () => Promise<void>): Promise<boolean> {
  try {
    await goThere();
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}
