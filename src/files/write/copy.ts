/** A copy as a whole: made beside its target, and renamed there when it is complete. */
import { fail, type Result } from '../../core/failure.ts';
import { holdFolder, unlessHeld } from '../../platform/file-changes/index.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import { isSame, identified, withFoldersAbove } from '../identity.ts';
import type { Place, Reach } from '../place.ts';
import type { TreeCopy } from './copy-tree.ts';
import { makeParents } from './parents.ts';
import { removeLeft } from './remove-left.ts';
import { isStillThere } from './remove.ts';
import { mayTake, takePlace, whatIsAt, type PlaceTaken } from './take-place.ts';
import { makeFailureIn } from './write-failure.ts';
import type { Writing } from './writing.ts';

export type CopyFailure = PlaceTaken | { readonly reason: 'into-itself' };

export interface PlaceOptions {
  /** Whether a file, or an empty folder, that is there is replaced. */
  readonly overwrite: boolean;
  /** Whether missing folders above it are made. */
  readonly mkdirs?: boolean;
}

const { paths, forSystem } = machinePaths;

/** What cannot be, before anything is done. Rejects with what the file system throws. */
export async function copyRefusal(
  writing: Writing,
  reach: Reach,
  from: Place,
  to: Place,
  overwrite: boolean,
): Promise<Result<never, CopyFailure> | undefined> {
  const refused = writing.protectedPlaces.refusal(reach, to);
  if (refused !== undefined) return refused;
  const is = await whatIsAt(from.path);
  if (is === undefined) return fail({ reason: 'not-found' });
  const source = identified(from.path);
  if (is.isDirectory() && withFoldersAbove(to.path).some((above) => isSame(above, source)))
    return fail({ reason: 'into-itself' });
  const there = await mayTake(is, to.path, overwrite);
  return there.ok ? undefined : there;
}

/** Rejects with the reason of the tree's signal. `to`: without following a link at its end. */
export async function copyTo(
  writing: Writing,
  reach: Reach,
  from: Place,
  to: Place,
  tree: TreeCopy,
  { overwrite, mkdirs = false }: PlaceOptions,
): Promise<Result<undefined, CopyFailure>> {
  try {
    const refused = await copyRefusal(writing, reach, from, to, overwrite);
    if (refused !== undefined) return refused;
    if (mkdirs) await makeParents(to.path);
  } catch (error) {
    return fail(makeFailureIn(error));
  }
  try {
    await using folder = await holdFolder(paths.dirname(to.path));
    if (!isStillThere(reach, to) || !(await folder.isStill())) return fail({ reason: 'outside-roots' });
    const name = writing.names.note(to.path);
    const staged = paths.join(folder.path, paths.basename(name.path));
    let isGone = false;
    try {
      const copied = await tree.copy(from, staged);
      if (!copied.ok) return copied;
      if (!isStillThere(reach, to) || !(await folder.isStill())) return fail({ reason: 'outside-roots' });
      const made = await whatIsAt(staged);
      if (made === undefined) return fail({ reason: 'not-found' });
      using _lock = await writing.locks.hold([to.path]);
      tree.throwIfAborted();
      const there = await mayTake(made, to.path, overwrite);
      if (!there.ok) return there;
      const taken = await takePlace(
        name.path,
        forSystem(staged),
        to.path,
        folder.at(paths.basename(to.path)),
        made,
        there.value,
      );
      isGone = taken.ok;
      return taken;
    } finally {
      if (!isGone) await unlessHeld(() => removeLeft(staged));
      name.forget();
    }
  } catch (error) {
    if (isAbort(error)) throw error;
    return fail(makeFailureIn(error));
  }
}

const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';
