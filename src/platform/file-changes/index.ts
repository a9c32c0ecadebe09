/** How this system changes files that other programs may hold, in folders that may be replaced. */
import { isWindows } from '../os.ts';
import type { FileChanges } from './file-changes.ts';
import { posixChanges } from './posix.ts';
import { windowsChanges } from './windows.ts';

export const { unlessHeld, renameToFree, renameOver, holdFolder, walkTree, isMountedWithin, removeTree }: FileChanges =
  isWindows ? windowsChanges : posixChanges;
