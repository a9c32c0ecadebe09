/**
 * Moves a file, a link or a folder. To another disk it is copied and synced before the old one is removed, so that a crash leaves
 * the old one, or both.
 */
import type { BigIntStats } from 'node:fs';
import { rename } from 'node:fs/promises';
import { fail, ok, type Result } from '../../core/failure.ts';
import { holdFolder, unlessHeld } from '../../platform/file-changes/index.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import { entryOf, type FileEntry } from '../entry.ts';
import { identified, isSame, withFoldersAbove } from '../identity.ts';
import type { Place, Reach } from '../place.ts';
import { copyTo, type CopyFailure, type PlaceOptions } from './copy.ts';
import { TreeCopy } from './copy-tree.ts';
import { makeParents } from './parents.ts';
import { isStillThere, removeWhatIs, type RemoveFailure } from './remove.ts';
import { mayTake, takePlace, whatIsAt } from './take-place.ts';
import { makeFailureIn, writeFailureIn } from './write-failure.ts';
import type { Writing } from './writing.ts';

export type MoveFailure = CopyFailure | RemoveFailure | { readonly reason: 'aborted' };

export interface Moved {
  readonly entry: FileEntry;
  /** Whether it is on another disk now. */
  readonly copied: boolean;
}

const { paths } = machinePaths;

/** Both places: without following a link at their ends. `signal` ends the copying to another disk, and the old one stays. */
export async function move(
  writing: Writing,
  reach: Reach,
  from: Place,
  to: Place,
  options: PlaceOptions,
  signal: AbortSignal,
): Promise<Result<Moved, MoveFailure>> {
  const refused = writing.protectedPlaces.refusal(reach, from) ?? writing.protectedPlaces.refusal(reach, to);
  if (refused !== undefined) return refused;
  let is: BigIntStats | undefined;
  try {
    is = await whatIsAt(from.path);
    if (is === undefined) return fail({ reason: 'not-found' });
    if (is.isDirectory() && isInside(to, from)) return fail({ reason: 'into-itself' });
    if (options.mkdirs === true) await makeParents(to.path);
  } catch (error) {
    return fail(makeFailureIn(error));
  }
  const renamed = await renameTo(writing, reach, from, to, is, options.overwrite);
  if (renamed.ok) return moved(reach, to, false);
  if (renamed.failure.reason !== 'elsewhere') return renamed;

  const tree = new TreeCopy(reach, { recursive: true, follow: false }, { signal, room: writing.room, sync: true });
  try {
    const copied = await copyTo(writing, reach, from, to, tree, options);
    if (!copied.ok) return copied;
  } catch (error) {
    if (signal.aborted) return fail({ reason: 'aborted' });
    throw error;
  }
  const removed = await removeOld(writing, reach, from, is);
  return removed.ok ? moved(reach, to, true) : removed;
}

async function renameTo(
  writing: Writing,
  reach: Reach,
  from: Place,
  to: Place,
  is: BigIntStats,
  overwrite: boolean,
): Promise<Result<unknown, CopyFailure>> {
  using _lock = await writing.locks.hold([from.path, to.path]);
  try {
    await using source = await holdFolder(paths.dirname(from.path));
    await using target = await holdFolder(paths.dirname(to.path));
    const areStill = isStillThere(reach, from) && isStillThere(reach, to);
    if (!areStill || !(await source.isStill()) || !(await target.isStill())) return fail({ reason: 'outside-roots' });
    const isCaseAlone = isSameByCase(from, to, is);
    const there = isCaseAlone ? ok(undefined) : await mayTake(is, to.path, overwrite);
    if (!there.ok) return there;
    // It is there already.
    if (from.path === to.path) return ok(undefined);
    const [at, goal] = [source.at(paths.basename(from.path)), target.at(paths.basename(to.path))];
    if (isCaseAlone) return await unlessHeld(() => rename(at, goal));
    return await takePlace(from.path, at, to.path, goal, is, there.value);
  } catch (error) {
    return fail(makeFailureIn(error));
  }
}

/** Whatever took its name meanwhile stays: it is not what was copied. */
async function removeOld(
  writing: Writing,
  reach: Reach,
  from: Place,
  is: BigIntStats,
): Promise<Result<unknown, MoveFailure>> {
  using _lock = await writing.locks.hold([from.path]);
  try {
    await using folder = await holdFolder(paths.dirname(from.path));
    if (!isStillThere(reach, from) || !(await folder.isStill())) return ok(undefined);
    const now = await whatIsAt(from.path);
    const isIt =
      now !== undefined && now.dev === is.dev && now.ino === is.ino && (is.isDirectory() || now.mtimeNs === is.mtimeNs);
    return isIt ? await removeWhatIs(paths.join(folder.path, paths.basename(from.path)), is, true) : ok(undefined);
  } catch (error) {
    return fail(writeFailureIn(error));
  }
}

function moved(reach: Reach, to: Place, copied: boolean): Result<Moved, MoveFailure> {
  const entry = entryOf(reach, to);
  return entry.ok ? ok({ entry: entry.value, copied }) : entry;
}

function isInside(place: Place, folder: Place): boolean {
  const holder = identified(folder.path);
  return withFoldersAbove(paths.dirname(place.path)).some((above) => isSame(above, holder));
}

/** Only the letter case changes, on a file system to which that is one name; two names of one file are two. */
const isSameByCase = (from: Place, to: Place, is: BigIntStats): boolean =>
  (is.isDirectory() || is.nlink === 1n) &&
  from.path !== to.path &&
  paths.basename(from.path).toLowerCase() === paths.basename(to.path).toLowerCase() &&
  isSame(identified(paths.dirname(from.path)), identified(paths.dirname(to.path))) &&
  isSame(identified(from.path), identified(to.path));
