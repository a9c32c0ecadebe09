/** What changing files of callers takes beyond the calls that all systems have. */
import type { RawPath } from '../machine-paths/machine-paths.ts';
import type { UnlessHeld } from './held-elsewhere.ts';
import type { HeldFolder } from './held-folder.ts';
import type { TreeWalk } from './tree-walk.ts';

export type RenameToFree = (from: string | Buffer, to: string | Buffer, isFile: boolean) => Promise<void>;

export type RenameOver = (from: string | Buffer, to: string | Buffer, isFolder: boolean) => Promise<void>;

export interface FileChanges {
  /** How to replace or remove a file that another program may hold. */
  readonly unlessHeld: UnlessHeld;
  /** Renames to what nothing has as its name, as far as the file system can: never over something. Throws what the file system throws. */
  readonly renameToFree: RenameToFree;
  /** Renames a file over a file, or a folder over an empty one. Throws what the file system throws. */
  readonly renameOver: RenameOver;
  /** Throws what the file system throws. */
  readonly holdFolder: (path: RawPath) => Promise<HeldFolder>;
  /** `top`: a folder, and no link at its end. Rejects with what the file system says. */
  readonly walkTree: (top: RawPath) => Promise<TreeWalk>;
  /** Whether something is mounted at a folder, given by its real path, or in it, as far as the system has a list of that. */
  readonly isMountedWithin: (folder: RawPath) => boolean;
  /** Removes a folder with what is in it. Rejects with what the file system says. */
  readonly removeTree: (top: RawPath) => Promise<void>;
}
