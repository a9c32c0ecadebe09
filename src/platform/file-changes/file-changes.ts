/** What changing files of callers takes beyond the calls that all systems have. */
import type { RawPath } from '../machine-paths/machine-paths.ts';
import type { UnlessHeld } from './held-elsewhere.ts';
import type { HeldFolder } from './held-folder.ts';
import type { TreeWalk } from './tree-walk.ts';

export interface FileChanges {
  /** How to replace or remove a file that another program may hold. */
  readonly unlessHeld: UnlessHeld;
  /** Throws what the file system throws. */
  readonly holdFolder: (path: RawPath) => Promise<HeldFolder>;
  /** `top`: a folder, and no link at its end. Rejects with what the file system says. */
  readonly walkTree: (top: RawPath) => Promise<TreeWalk>;
  /** Removes a folder with what is in it. Rejects with what the file system says. */
  readonly removeTree: (top: RawPath) => Promise<void>;
}
