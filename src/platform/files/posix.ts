/** Every name means what it shows, and a file's mode says who may use it. */
import { statSync } from 'node:fs';
import { posix } from 'node:path';
import { confinePath } from './confined-path.ts';
import type { FileSystemRules } from './file-system.ts';
import { ownersOf } from './owners.ts';
import { findRealPath, type PathNames } from './path-walk.ts';
import { readLink } from './read-link.ts';

const GROUP_AND_OTHERS = 0o077;

/** `..` stays in: the system takes it from where a link led. */
export const posixNames: PathNames = {
  paths: posix,
  refusal: () => undefined,
  absolute: (base, path) => (posix.isAbsolute(path) ? path : `${base}/${path}`),
  isSameName: (a, b) => a === b,
};

export const posixFiles: FileSystemRules = {
  ownersOf,
  isRefusedPath: () => false,
  describeExposure(path) {
    const { mode } = statSync(path);
    return (mode & GROUP_AND_OTHERS) === 0 ? undefined : `mode ${(mode & 0o777).toString(8)}`;
  },
  findRealPath: (base, path) => findRealPath(posixNames, readLink, base, path),
  confinePath: (root, path) => confinePath(posixNames, readLink, root, path),
};
