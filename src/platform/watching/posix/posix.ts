/** Linux has a call of its own for each folder; macOS tells of whole trees, as Windows does. */
import { machine } from '../../machine/index.ts';
import { isRemoteMount } from '../../machine/posix/mounts.ts';
import { textOf } from '../../machine/posix/text-of.ts';
import { treeSource } from '../tree-source.ts';
import type { Watching } from '../watching.ts';
import { inotifySource } from './inotify.ts';

const MOUNTS = '/proc/self/mountinfo';

export const posixWatching: Watching =
  process.platform === 'linux'
    ? { open: inotifySource, isRemote: (path) => isRemoteMount(textOf(MOUNTS), Buffer.from(path, 'latin1').toString()) }
    : {
        open: treeSource,
        isRemote: (path) =>
          machine.mounts().some((mount) => mount.remote && (path === mount.path || path.startsWith(`${mount.path}/`))),
      };
