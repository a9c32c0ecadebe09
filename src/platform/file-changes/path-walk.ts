/** Through a tree by paths, where no name stands for a descriptor (macOS, Windows): what a path led to is asked afterwards. */
import { lstat } from 'node:fs/promises';
import { machinePaths } from '../machine-paths/index.ts';
import type { RawPath } from '../machine-paths/machine-paths.ts';
import { realFolder } from '../machine-paths/read-folder.ts';
import type { TreeWalk } from './tree-walk.ts';

const { paths, forSystem } = machinePaths;

/** Rejects with what the file system says. */
export async function walkByPath(top: RawPath): Promise<TreeWalk> {
  await mustBeFolder(top);
  // On macOS in other letter case.
  const real = realFolder(top);
  let here = top;
  return {
    get here() {
      return here;
    },
    at: (name) => paths.join(here, name),
    async down(name) {
      const below = paths.join(here, name);
      await mustBeFolder(below);
      here = below;
    },
    async up(leaving) {
      await leaving?.(here);
      here = paths.dirname(here);
    },
    isStill: () => real !== undefined && realFolder(here) === real + here.slice(top.length),
    [Symbol.asyncDispose]: async () => {},
  };
}

async function mustBeFolder(path: RawPath): Promise<void> {
  if ((await lstat(forSystem(path))).isDirectory()) return;
  throw Object.assign(new Error('it is no folder'), { code: 'ENOTDIR' });
}
