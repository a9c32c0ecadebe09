/**
 * The executable and the files of an update, which all lie beside it: on one file system, so that a rename is one step,
 * and under names that tell whose they are. For `/opt/bin/agent-server` they are
 *
 *   agent-server.new-2.0.0     downloaded, gone once it is in place or refused
 *   agent-server.old-1.0.0     replaced, gone once the new one has proven itself
 *   agent-server.update.json   the record (record.ts)
 *   agent-server.update.lock   held by whoever changes any of these
 */
import { isVersion } from './semver.ts';
import { basename, dirname, join } from 'node:path';

export interface Place {
  readonly executable: string;
  readonly folder: string;
  readonly record: string;
  readonly lock: string;
  readonly fresh: (version: string) => string;
  readonly old: (version: string) => string;
  /** The version in the name of a kept executable; undefined for any other name. */
  readonly versionOfOld: (fileName: string) => string | undefined;
  /** A download, or half a record, of an update that was killed. */
  readonly isLeftover: (fileName: string) => boolean;
}

/** `extension` is that of programs on this system; a name that has none of it is whole. */
export function placeOf(executable: string, extension: string): Place {
  const folder = dirname(executable);
  const fileName = basename(executable);
  const hasExtension = extension !== '' && fileName.toLowerCase().endsWith(extension);
  const name = hasExtension ? fileName.slice(0, -extension.length) : fileName;
  const end = hasExtension ? fileName.slice(name.length) : '';
  const marked = (mark: string) => join(folder, `${name}.${mark}`);
  const versionIn = (kind: 'old' | 'new', found: string) => {
    const start = `${name}.${kind}-`;
    const version =
      found.startsWith(start) && found.endsWith(end) ? found.slice(start.length, found.length - end.length) : '';
    // Only what an update can have made: whatever else lies there is somebody's own.
    return isVersion(version) ? version : undefined;
  };
  return {
    executable,
    folder,
    record: marked('update.json'),
    lock: marked('update.lock'),
    fresh: (version) => marked(`new-${version}${end}`),
    old: (version) => marked(`old-${version}${end}`),
    versionOfOld: (found) => versionIn('old', found),
    isLeftover: (found) =>
      versionIn('new', found) !== undefined ||
      (found.startsWith(`${name}.update.json.`) && /^\d+\.new$/.test(found.slice(`${name}.update.json.`.length))),
  };
}
