/**
 * Removes a file, a link, or a folder with what is in it. No link is followed: the folder around it is held, so that none which is
 * put in its place meanwhile leads elsewhere, and below it one folder after the other is.
 */
import { lstatSync, type BigIntStats } from 'node:fs';
import { lstat, rmdir, unlink } from 'node:fs/promises';
import { codeOf, fail, ok, type Result } from '../../core/failure.ts';
import { holdFolder, removeTree, unlessHeld, walkTree } from '../../platform/file-changes/index.ts';
import { throughTree } from '../../platform/file-changes/tree-walk.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import { syncFolder } from '../../platform/files/sync-folder.ts';
import { versionOf } from '../entry.ts';
import { Pace } from '../list/pace.ts';
import type { Place, Reach } from '../place.ts';
import { namesIn } from './names-in.ts';
import { isExpected, writeFailureIn, type Expected, type VersionDiffers, type WriteFailure } from './write-failure.ts';
import type { Writing } from './writing.ts';

export type RemoveFailure = WriteFailure | { readonly reason: 'not-empty' };

export interface RemoveOptions {
  /** Whether a folder is removed with what is in it. */
  readonly recursive: boolean;
  readonly expected?: Expected | undefined;
}

const { paths, forSystem } = machinePaths;

/** `place`: without following a link at its end. How many files, links and folders there were. */
export async function remove(
  writing: Writing,
  reach: Reach,
  place: Place,
  { recursive, expected }: RemoveOptions,
): Promise<Result<number, RemoveFailure | VersionDiffers>> {
  const refused = writing.protectedPlaces.refusal(reach, place);
  if (refused !== undefined) return refused;
  using _lock = await writing.locks.hold([place.path]);
  try {
    await using folder = await holdFolder(paths.dirname(place.path));
    if (!isStillThere(reach, place) || !(await folder.isStill())) return fail({ reason: 'outside-roots' });
    const at = paths.join(folder.path, paths.basename(place.path));
    const stats = await lstat(forSystem(at), { bigint: true });
    const version = versionOf(stats);
    if (!isExpected(expected, version)) return fail({ reason: 'version-differs', version });
    const removed = await removeWhatIs(at, stats, recursive);
    if (removed.ok) await syncFolder(forSystem(paths.dirname(place.path)));
    return removed;
  } catch (error) {
    return fail(removeFailureIn(error));
  }
}

/** `at`: in a folder that is held. Throws what the file system throws. */
export async function removeWhatIs(
  at: RawPath,
  stats: BigIntStats,
  recursive: boolean,
): Promise<Result<number, RemoveFailure>> {
  if (!stats.isDirectory()) {
    const removed = await unlessHeld(() => unlink(forSystem(at)));
    return removed.ok ? ok(1) : removed;
  }
  if (!recursive) {
    const removed = await unlessHeld(() => rmdir(forSystem(at)));
    return removed.ok ? ok(1) : removed;
  }
  const count = await countIn(at, stats.dev);
  if (!count.ok) return count;
  const removed = await unlessHeld(() => removeTree(at));
  return removed.ok ? count : removed;
}

/** Itself and all that is in it; refused where another file system is mounted in it. */
async function countIn(top: RawPath, device: bigint): Promise<Result<number, RemoveFailure>> {
  await using walk = await walkTree(top);
  const pace = new Pace();
  let count = 1;
  let isMounted = false;
  await throughTree(walk, async () => {
    const folders: RawPath[] = [];
    for (const name of isMounted ? [] : await namesIn(walk.here)) {
      await pace.rest();
      const stats = lstatSync(forSystem(walk.at(name)), { bigint: true, throwIfNoEntry: false });
      if (stats === undefined) continue;
      count += 1;
      if (!stats.isDirectory()) continue;
      if (stats.dev === device) folders.push(name);
      else isMounted = true;
    }
    return folders;
  });
  return isMounted ? fail({ reason: 'protected' }) : ok(count);
}

/** The same for a place whose last name may be a link. */
export function isStillThere(reach: Reach, { path }: Place): boolean {
  const again = reach.at(path, false);
  return again.ok && again.value.path === path;
}

/** Throws what is none. */
function removeFailureIn(error: unknown): RemoveFailure {
  const code = codeOf(error);
  return code === 'ENOTEMPTY' || code === 'EEXIST' ? { reason: 'not-empty' } : writeFailureIn(error);
}
