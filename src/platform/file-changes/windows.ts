/** A file that another program holds open stays, and a folder is held by its path. */
import { rename, rmdir } from 'node:fs/promises';
import { win32 } from 'node:path';
import { codeOf } from '../../core/failure.ts';
import { forWindows } from '../machine-paths/windows.ts';
import type { FileChanges } from './file-changes.ts';
import { heldForAWhile } from './held-elsewhere.ts';
import { moveFile } from './move-file.ts';
import { walkByPath } from './path-walk.ts';
import { removeTreeByName } from './remove-tree.ts';

export const windowsChanges: FileChanges = {
  unlessHeld: heldForAWhile,
  renameToFree: async (from, to) => moveFile(String(from), String(to)),
  renameOver: async (from, to, isFolder) => {
    // It renames no folder over another one. Where this is tried again, that has gone already.
    if (isFolder) await rmdirUnlessGone(to);
    await rename(from, to);
  },
  // No name stands for a handle there; links are for administrators, but junctions are not, and one may be put in between.
  holdFolder: async (path) => ({
    path,
    at: (name) => forWindows(win32.join(path, name)),
    isStill: async () => true,
    [Symbol.asyncDispose]: async () => {},
  }),
  walkTree: walkByPath,
  // A volume that is mounted in a folder is behind a junction, which is never followed.
  isMountedWithin: () => false,
  removeTree: removeTreeByName,
};

async function rmdirUnlessGone(path: string | Buffer): Promise<void> {
  try {
    await rmdir(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}
