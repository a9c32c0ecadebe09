/**
 * Whether the links of an archive end inside of the folder, whatever links they go through: those of the archive, and those that
 * are in the folder already. What a name alone says is not enough: `a/../b` is elsewhere where `a` is a link.
 */
import { lstatSync } from 'node:fs';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import type { Pace } from '../list/pace.ts';

const MAX_LINKS = 40;
const { paths } = machinePaths;

export interface Links {
  /** Name below the folder → where it says that it leads. */
  readonly made: ReadonlyMap<RawPath, RawPath>;
  /** Undefined: there is no such folder yet. */
  readonly folder: RawPath | undefined;
}

/**
 * `parts`: of the folder that the link is in, which are no links. `pace`: each name of the target may be a look at the disk, and an
 * archive of a few kilobytes has millions of them.
 */
export async function endsInside(
  { made, folder }: Links,
  parts: readonly RawPath[],
  target: RawPath,
  pace: Pace,
): Promise<boolean> {
  const at = [...parts];
  const left = divided(target);
  if (left === undefined) return false;
  let links = 0;
  for (let part = left.shift(); part !== undefined; part = left.shift()) {
    await pace.rest();
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (at.pop() === undefined) return false;
      continue;
    }
    at.push(part);
    const next = made.get(at.join(paths.sep)) ?? (folder === undefined ? undefined : linkAt(paths.join(folder, ...at)));
    if (next === undefined) continue;
    links += 1;
    const further = divided(next);
    if (links > MAX_LINKS || further === undefined) return false;
    at.pop();
    left.unshift(...further);
  }
  return true;
}

/** Undefined for one that does not begin where the link is. */
function divided(target: RawPath): RawPath[] | undefined {
  const isRelative = !paths.isAbsolute(target) && machinePaths.refusal(target) === undefined && target !== '';
  return isRelative ? target.split(paths.sep).flatMap((part) => part.split('/')) : undefined;
}

function linkAt(path: RawPath): RawPath | undefined {
  const stats = lstatSync(machinePaths.forSystem(path), { throwIfNoEntry: false });
  return stats?.isSymbolicLink() === true ? machinePaths.readLink(path) : undefined;
}
