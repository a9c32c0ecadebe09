/**
 * Whether a path leads into a folder (CVE-2025-53110: by whole names, so that `/work-other` is not in `/work`;
 * CVE-2025-53109: by where links really lead). A hard link has no target that could be looked at: it is where its name is.
 */
import { findRealPath, namesIn, type PathNames, type ReadLink } from './path-walk.ts';

/** `path` is the real path to use; `reason` is the end of a sentence that begins with the path. */
export type Confined =
  | { readonly inside: true; readonly path: string }
  | { readonly inside: false; readonly reason: string };

export function confinePath(names: PathNames, readLink: ReadLink, root: string, path: string): Confined {
  const folder = findRealPath(names, readLink, root, root);
  if (!folder.found) return outside(`has no folder to be in, which ${folder.reason}`);
  if (!folder.exists) return outside('has no folder to be in, which does not exist');
  // From the root as it was given: what `..` means is decided by its links too.
  const real = findRealPath(names, readLink, root, path);
  if (!real.found) return outside(real.reason);
  return isWithin(names, folder.path, real.path)
    ? { inside: true, path: real.path }
    : outside('is outside of the working directory');
}

function isWithin(names: PathNames, folder: string, path: string): boolean {
  const { paths, isSameName } = names;
  const above = [paths.parse(folder).root, ...namesIn(paths, folder)];
  const below = [paths.parse(path).root, ...namesIn(paths, path)];
  return above.every((name, at) => isSameName(name, below[at] ?? ''));
}

const outside = (reason: string): Confined => ({ inside: false, reason });
