/** Events of a watch as the wire shows them, with what is there when they are sent. */
import { entryOf } from '../../files/entry.ts';
import type { Place, Reach } from '../../files/place.ts';
import type { WatchEvent } from '../../files/watch/events.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { FileEntry } from '../../protocol/files.ts';
import type { FileWatchEvent } from '../../protocol/files/watch.ts';
import { entryView } from './view.ts';

const { paths } = machinePaths;

/** `root`: the folder as its reader named it, and its real path. */
export function watchEventView(reach: Reach, root: Place, { type, path }: WatchEvent, seq: number): FileWatchEvent {
  const shown = path === root.path ? root.shown : paths.join(root.shown, paths.relative(root.path, path));
  const bytes = machinePaths.untextualBytes(shown);
  const entry = type === 'create' || type === 'change' ? entryAt(reach, { shown, path }) : undefined;
  return {
    seq,
    type,
    path: machinePaths.toText(shown),
    ...(bytes !== undefined && { pathBytes: Buffer.from(bytes).toString('base64') }),
    ...(entry !== undefined && { entry }),
  };
}

/** Undefined where nothing is any more, or a folder above it has become a link. */
function entryAt(reach: Reach, place: Place): FileEntry | undefined {
  const found = reach.at(place.path, false);
  if (!found.ok || found.value.path !== place.path) return undefined;
  const entry = entryOf(reach, place);
  return entry.ok ? entryView(entry.value) : undefined;
}
