/** Where a link says that it leads. */
import { codeOf } from '../core/failure.ts';
import { machinePaths } from '../platform/machine-paths/index.ts';
import type { RawPath } from '../platform/machine-paths/machine-paths.ts';

/** Throws what the file system throws, and ENOENT where something else has taken its place meanwhile. */
export function linkTargetAt(path: RawPath): RawPath {
  try {
    return machinePaths.readLink(path);
  } catch (error) {
    if (codeOf(error) !== 'EINVAL') throw error;
    throw Object.assign(new Error('the link has gone'), { code: 'ENOENT' });
  }
}
