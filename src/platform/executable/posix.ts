/**
 * POSIX replaces a name in one step, also that of a running program: there is no moment without one. The old one is kept
 * by a second name of the same file.
 */
import { codeOf } from '../../core/failure.ts';
import type { ExecutableFiles } from './executable.ts';
import { replaceByTwoRenames } from './two-renames.ts';

/** What file systems without hard links answer. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

export const posixExecutable: ExecutableFiles = {
  extension: '',
  async replace(files, what) {
    try {
      files.link(what.path, what.old);
    } catch (error) {
      if (!NO_LINKS.has(codeOf(error) ?? '')) throw error;
      return replaceByTwoRenames(files, what, (same, from, to) => same.rename(from, to));
    }
    files.rename(what.fresh, what.path);
  },
  async restore(files, { path, old }) {
    files.rename(old, path);
  },
};
