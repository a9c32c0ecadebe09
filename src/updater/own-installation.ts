/** The installation of this very program. */
import type { Log } from '../core/log.ts';
import { executableFiles } from '../platform/executable/index.ts';
import { durableFiles } from '../platform/files/durable-files.ts';
import { OWN_EXECUTABLE } from '../platform/self/own-program.ts';
import type { Installation } from './installation.ts';
import { placeOf } from './place.ts';

/** Taken at the start: later the path may lead to another version. */
const OWN_IDENTITY = OWN_EXECUTABLE === undefined ? undefined : durableFiles.identity(OWN_EXECUTABLE);

/** Undefined when it is run from source: there is no executable to replace. */
export function ownInstallation(log: Log): Installation | undefined {
  if (OWN_EXECUTABLE === undefined) return undefined;
  const place = placeOf(OWN_EXECUTABLE, executableFiles.extension);
  return { place, identity: OWN_IDENTITY, files: durableFiles, executable: executableFiles, log };
}
