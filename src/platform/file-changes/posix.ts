/** Files are replaced and removed under their readers, and a folder is held by its descriptor. */
import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { DescriptorWalk } from './descriptor-walk.ts';
import type { FileChanges } from './file-changes.ts';
import { neverHeld } from './held-elsewhere.ts';
import { holdPosixFolder } from './held-folder.ts';
import { isMountedWithin } from './mounted-within.ts';
import { walkByPath } from './path-walk.ts';
import { removeHeldTree, removeTreeByName } from './remove-tree.ts';
import { renameByLink } from './rename-by-link.ts';

/** Linux has them, macOS does not. */
const hasNamesOfDescriptors = () => existsSync('/proc/self/fd');

export const posixChanges: FileChanges = {
  unlessHeld: neverHeld,
  renameToFree: renameByLink,
  renameOver: rename,
  holdFolder: holdPosixFolder,
  walkTree: (top) => (hasNamesOfDescriptors() ? DescriptorWalk.open(top) : walkByPath(top)),
  isMountedWithin,
  removeTree: (top) => (hasNamesOfDescriptors() ? removeHeldTree(top) : removeTreeByName(top)),
};
