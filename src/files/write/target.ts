/** What is at a place that is about to be written: nothing, or a file that this process may write. */
import { constants, type BigIntStats } from 'node:fs';
import { access, lstat } from 'node:fs/promises';
import { codeOf, fail, ok, type Result } from '../../core/failure.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import { irregularity } from '../../platform/files/open-regular.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import { versionOf } from '../entry.ts';
import { isExpected, writeFailureIn, type Expected, type VersionDiffers, type WriteFailure } from './write-failure.ts';

/** Undefined where nothing is. */
export async function targetAt(path: RawPath): Promise<Result<BigIntStats | undefined, WriteFailure>> {
  try {
    const stats = await lstat(machinePaths.forSystem(path), { bigint: true });
    const irregular = irregularity(stats);
    if (irregular !== undefined) return fail(irregular);
    // A rename asks nobody whether the file may be written.
    await access(machinePaths.forSystem(path), constants.W_OK);
    return ok(stats);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return ok(undefined);
    return fail(codeOf(error) === 'ENOTDIR' ? { reason: 'parent-missing' } : writeFailureIn(error));
  }
}

/** The same where it must be as expected; undefined: whatever is there. */
export async function expectedAt(
  path: RawPath,
  expected: Expected | undefined,
): Promise<Result<BigIntStats | undefined, WriteFailure | VersionDiffers>> {
  const there = await targetAt(path);
  if (!there.ok) return there;
  const version = there.value && versionOf(there.value);
  return isExpected(expected, version) ? there : fail({ reason: 'version-differs', version });
}
