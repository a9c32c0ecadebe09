/** Files are replaced and removed under their readers, and a folder is held by its descriptor. */
import type { FileChanges } from './file-changes.ts';
import { neverHeld } from './held-elsewhere.ts';
import { holdPosixFolder } from './held-folder.ts';
import { renameByLink } from './rename-by-link.ts';

export const posixChanges: FileChanges = {
  unlessHeld: neverHeld,
  renameToFree: renameByLink,
  holdFolder: holdPosixFolder,
};
