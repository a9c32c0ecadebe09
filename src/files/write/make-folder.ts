/** Makes a folder. */
import { constants } from 'node:fs';
import { lstat, mkdir, open, type FileHandle } from 'node:fs/promises';
import { codeOf, fail, ok, type Result } from '../../core/failure.ts';
import { holdFolder } from '../../platform/file-changes/index.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import { syncFolder } from '../../platform/files/sync-folder.ts';
import { entryOf, type FileEntry } from '../entry.ts';
import type { Place, Reach } from '../place.ts';
import { FOLDER_MODE, makeParents } from './parents.ts';
import { makeFailureIn, type WriteFailure } from './write-failure.ts';

export type FolderFailure = WriteFailure | { readonly reason: 'exists' };

export interface MadeFolder {
  readonly entry: FileEntry;
  /** False where it was there. */
  readonly made: boolean;
}

const { paths, forSystem } = machinePaths;

/** `parents`: makes those that are missing above it, too, and takes one that is there. `mode`: set exactly, of what is made last. */
export async function makeFolder(
  reach: Reach,
  place: Place,
  { parents, mode }: { readonly parents: boolean; readonly mode: number | undefined },
): Promise<Result<MadeFolder, FolderFailure>> {
  try {
    if (parents) await makeParents(place.path);
    await using folder = await holdFolder(paths.dirname(place.path));
    if (!reach.isStill(place) || !(await folder.isStill())) return fail({ reason: 'outside-roots' });
    const made = await isMade(folder.at(paths.basename(place.path)), mode);
    if (made) await syncFolder(forSystem(paths.dirname(place.path)));
    const entry = entryOf(reach, place);
    if (!entry.ok) return entry;
    if (!made && !(parents && entry.value.type === 'directory')) return fail({ reason: 'exists' });
    return ok({ entry: entry.value, made });
  } catch (error) {
    return fail(makeFailureIn(error, paths.dirname(place.path)));
  }
}

/** False where something is there. */
async function isMade(at: string | Buffer, mode: number | undefined): Promise<boolean> {
  try {
    await mkdir(at, mode ?? FOLDER_MODE);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  if (mode !== undefined) await setMode(at, mode);
  return true;
}

/** Also of what the umask has taken. By a handle: the name may have become a link. */
async function setMode(at: string | Buffer, mode: number): Promise<void> {
  if (((await lstat(at)).mode & 0o777) === mode) return;
  let folder: FileHandle | undefined;
  try {
    folder = await open(at, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    // Windows opens no folders, and has no modes for them.
    if (['EISDIR', 'EPERM', 'EACCES'].includes(codeOf(error) ?? '')) return;
    throw error;
  }
  try {
    await folder.chmod(mode);
  } finally {
    await folder.close();
  }
}
