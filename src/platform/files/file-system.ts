/** What both kinds of file systems have to answer before a path is opened. */
import type { BigIntStats } from 'node:fs';
import type { Confined } from './confined-path.ts';
import type { Owners } from './owners.ts';
import type { RealPath } from './path-walk.ts';

export interface FileSystemRules {
  /** Whose a file is. */
  readonly ownersOf: (stats: BigIntStats) => Owners;
  /** Whether the path must not even be looked at, because its name means something else than it shows. */
  readonly isRefusedPath: (path: string) => boolean;
  /** How others than the file's owner may use it, in words (`mode 644`); undefined where they may not. Throws for a missing file. */
  readonly describeExposure: (path: string) => string | undefined;
  /**
   * Where the path really leads, also where its last names do not exist yet. Relative paths are taken from `base`, which
   * is absolute; `~` is a name like others. Whatever cannot be looked at is not found.
   */
  readonly findRealPath: (base: string, path: string) => RealPath;
  /** Whether the path leads into the folder `root`, which exists, or is that folder. Relative paths are taken from it. */
  readonly confinePath: (root: string, path: string) => Confined;
}
