/** Windows: one handle tells of a whole tree. A drive's kind says whether it is one of a network. */
import { machine } from '../machine/index.ts';
import { treeSource } from './tree-source.ts';
import type { Watching } from './watching.ts';

export const windowsWatching: Watching = {
  open: treeSource,
  isRemote: (path) =>
    machine.mounts().some((mount) => mount.remote && path.toLowerCase().startsWith(mount.path.toLowerCase())),
};
