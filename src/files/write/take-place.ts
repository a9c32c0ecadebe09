/** What is staged, or stands elsewhere, takes a place: whatever is there is replaced only where that was asked. */
import { lstat, unlink } from 'node:fs/promises';
import type { BigIntStats } from 'node:fs';
import { codeOf, fail, ok, type Result } from '../../core/failure.ts';
import { renameOver, renameToFree, unlessHeld } from '../../platform/file-changes/index.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import { syncFolder } from '../../platform/files/sync-folder.ts';
import { makeFailureIn, type WriteFailure } from './write-failure.ts';

export type PlaceTaken =
  | WriteFailure
  | { readonly reason: 'exists' | 'not-empty' }
  /** It is on another disk. */
  | { readonly reason: 'elsewhere' };

const { paths, forSystem } = machinePaths;

/** Undefined where nothing is. Rejects with what else the file system throws. */
export async function whatIsAt(path: RawPath): Promise<BigIntStats | undefined> {
  try {
    return await lstat(forSystem(path), { bigint: true });
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whether `from` may take the place `to`: what is there is none, is replaced, or is the same by another spelling. */
export async function mayTake(
  from: BigIntStats,
  to: RawPath,
  overwrite: boolean,
): Promise<Result<BigIntStats | undefined, PlaceTaken>> {
  const there = await whatIsAt(to);
  if (there === undefined) return ok(undefined);
  if (!overwrite) return fail({ reason: 'exists' });
  // A folder takes the place of an empty folder alone, and nothing else does.
  if (from.isDirectory() !== there.isDirectory()) return fail({ reason: 'exists' });
  return ok(there);
}

/** Whoever calls it holds the locks of both. `at` and `goal`: the same as the system takes them. `there`: what is replaced. */
export async function takePlace(
  from: RawPath,
  at: string | Buffer,
  to: RawPath,
  goal: string | Buffer,
  is: BigIntStats,
  there: BigIntStats | undefined,
): Promise<Result<undefined, PlaceTaken>> {
  try {
    if (there !== undefined && isSecondName(is, there)) {
      // Two names of one file: a rename would leave both.
      await unlink(at);
    } else {
      const renamed = await unlessHeld(() =>
        there === undefined ? renameToFree(at, goal, is.isFile()) : renameOver(at, goal, is.isDirectory()),
      );
      if (!renamed.ok) return renamed;
    }
    await syncFolder(forSystem(paths.dirname(to)));
    if (paths.dirname(from) !== paths.dirname(to)) await syncFolder(forSystem(paths.dirname(from)));
    return ok(undefined);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EXDEV') return fail({ reason: 'elsewhere' });
    if (code === 'ENOTEMPTY') return fail({ reason: 'not-empty' });
    // Some file systems say so of a folder that is not empty.
    if (code === 'EEXIST') return fail({ reason: there?.isDirectory() === true ? 'not-empty' : 'exists' });
    return fail(makeFailureIn(error));
  }
}

/** A folder that is one is named twice by letter case, or by a mount: never for a second name. */
const isSecondName = (is: BigIntStats, there: BigIntStats): boolean =>
  !is.isDirectory() && is.nlink > 1n && there.dev === is.dev && there.ino === is.ino;
