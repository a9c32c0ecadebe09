/**
 * Opens the file that was checked: its name is still that file's, and no folder above it a link. One that another program, or
 * this server, replaces in that moment is opened again: under its name there is always one.
 */
import type { FileHandle } from 'node:fs/promises';
import { fail, type Result } from '../core/failure.ts';
import { isStillAt, openRegular, type IrregularFile } from '../platform/files/open-regular.ts';
import { machinePaths } from '../platform/machine-paths/index.ts';
import type { Place, Reach } from './place.ts';

/** More replacements in a row are no accident. */
const TRIES = 100;

/** For reading. Whoever gets the handle closes it. Throws what the file system throws. */
export async function openStill(
  reach: Reach,
  place: Place,
): Promise<Result<FileHandle, IrregularFile | { readonly reason: 'not-found' }>> {
  const path = machinePaths.forSystem(place.path);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const opened = await openRegular(path);
    if (!opened.ok) return opened;
    const file = opened.value;
    let isKept = false;
    try {
      if (!reach.isStill(place)) break;
      isKept = await isStillAt(path, file);
      if (isKept) return opened;
    } finally {
      if (!isKept) await file.close();
    }
  }
  return fail({ reason: 'not-found' });
}
