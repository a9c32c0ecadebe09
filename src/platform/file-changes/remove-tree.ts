/**
 * Removes a folder with what is in it. Not by `rm` of Bun 1.4.5 where that can be helped: below sixteen levels it begins again from
 * there for each folder that it removes, and what it takes grows with the square of the depth.
 */
import { rm, rmdir, unlink } from 'node:fs/promises';
import { codeOf } from '../../core/failure.ts';
import { machinePaths } from '../machine-paths/index.ts';
import type { RawPath } from '../machine-paths/machine-paths.ts';
import { DescriptorWalk } from './descriptor-walk.ts';
import { throughTree } from './tree-walk.ts';

/** As many as Bun has threads for at the least. */
const AT_ONCE = 16;
const { forSystem, readNamesAsync } = machinePaths;

/** By descriptors. No link is followed. Throws what the file system throws, also where somebody goes on writing into it. */
export async function removeHeldTree(top: RawPath): Promise<void> {
  {
    await using walk = await DescriptorWalk.open(top);
    await throughTree(
      walk,
      async () => {
        const folders: RawPath[] = [];
        const names = await readNamesAsync(walk.here);
        for (let from = 0; from < names.length; from += AT_ONCE)
          await allOf(
            names.slice(from, from + AT_ONCE).map(async (name) => {
              if (await isFolderLeft(walk.at(name))) folders.push(name);
            }),
          );
        return folders;
      },
      (name) => unlessGone(() => rmdir(forSystem(walk.at(name)))),
    );
  }
  await rmdir(forSystem(top));
}

/** By the system's own removal, which goes from folder to folder, too. */
export const removeTreeByName = (top: RawPath): Promise<void> => rm(forSystem(top), { recursive: true });

/** Removes what is no folder. */
async function isFolderLeft(path: RawPath): Promise<boolean> {
  try {
    await unlessGone(() => unlink(forSystem(path)));
    return false;
  } catch (error) {
    if (codeOf(error) === 'EISDIR') return true;
    throw error;
  }
}

async function unlessGone(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

/** Throws only when none goes on: the number of a descriptor that is closed meanwhile may be another folder's. */
async function allOf(actions: readonly Promise<void>[]): Promise<void> {
  for (const end of await Promise.allSettled(actions)) if (end.status === 'rejected') throw end.reason;
}
