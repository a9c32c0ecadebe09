/**
 * Places that no route deletes, moves or overwrites, whoever asks: the root of a file system, the configured roots themselves,
 * home, the server's executable, its data folder, and whatever holds one of these. They are known by their identity, so that
 * another spelling of one (`/proc/self/root`, another letter case, a short name) is refused, too.
 */
import { lstatSync } from 'node:fs';
import { fail, type Result } from '../../core/failure.ts';
import { isMountedWithin } from '../../platform/file-changes/index.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import { identified, isSame, withFoldersAbove } from '../identity.ts';
import { folderAt, type Place, type Reach } from '../place.ts';

export type ProtectedFailure = { readonly reason: 'protected' };

const { paths } = machinePaths;

export class ProtectedPlaces {
  readonly #places: readonly string[];

  /** As they were given. They are looked at when a path is, since they may be made or replaced meanwhile. */
  constructor(places: readonly string[]) {
    this.#places = places;
  }

  /** Why the place must stay as it is; undefined where it need not. `reach`: its roots are protected, too. */
  refusal(reach: Reach, { path }: Place): Result<never, ProtectedFailure> | undefined {
    const place = identified(path);
    const holds = this.#places
      .flatMap(folderAt)
      .some((kept) => withFoldersAbove(kept.path).some((above) => isSame(above, place)));
    return holds || reach.holdsRoot(path) || holdsRootOfFileSystem(path) ? fail({ reason: 'protected' }) : undefined;
  }
}

/** A drive, where something is mounted (the folder above is on another device), or what holds that. */
function holdsRootOfFileSystem(path: RawPath): boolean {
  const above = paths.dirname(path);
  if (above === path) return true;
  const here = statsOf(path);
  return here?.isDirectory() === true && (here.dev !== statsOf(above)?.dev || isMountedWithin(path));
}

const statsOf = (path: RawPath) => lstatSync(machinePaths.forSystem(path), { throwIfNoEntry: false });
