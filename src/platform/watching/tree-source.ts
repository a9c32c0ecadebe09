/**
 * Hints of a whole tree by one watcher of the system: Windows (ReadDirectoryChangesW) and macOS (FSEvents).
 */
import { watch, type FSWatcher } from 'node:fs';
import { codeOf, fail, messageOf, ok, type Result } from '../../core/failure.ts';
import { machinePaths } from '../machine-paths/index.ts';
import type { RawPath } from '../machine-paths/machine-paths.ts';
import type { HintReceiver, HintSource, NotWatched } from './watching.ts';

const { paths } = machinePaths;

export function treeSource(root: RawPath, receiver: HintReceiver): Result<HintSource, NotWatched> {
  let watcher: FSWatcher;
  try {
    watcher = watch(machinePaths.forSystem(root), { recursive: true }, (_event, name) => {
      // Without a name: the system had more to say than it keeps.
      if (name === null) return receiver.lost();
      // The whole folder: of a name that changed its letter case both spellings are there.
      receiver.changed(paths.dirname(paths.join(root, machinePaths.fromText(name))), undefined);
    });
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return fail({ reason: 'gone' });
    if (code === 'EACCES' || code === 'EPERM') return fail({ reason: 'not-permitted' });
    return fail({ reason: 'system-limit', detail: `the system watches no more folders: ${messageOf(error)}` });
  }
  watcher.on('error', () => receiver.lost());
  return ok({
    // They are in the tree.
    add: () => ok(undefined),
    remove: () => undefined,
    [Symbol.dispose]: () => watcher.close(),
  });
}
