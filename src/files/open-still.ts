/**
 * Opens the file that was checked: its name is still that file's, and no folder above it a link. One that another program, or
 * this server, replaces in that moment is opened again: under its name there is always one.
 */
import type { FileHandle } from 'node:fs/promises';
import { fail, type Result } from '../core/failure.ts';
import { isStillAt, openRegular, type IrregularFile } from '../platform/files/open-regular.ts';
import { machinePaths } from '../platform/machine-paths/index.ts';
import type { RawPath } from '../platform/machine-paths/machine-paths.ts';
import type { Place, Reach } from './place.ts';

export interface FoundFile {
  readonly at: RawPath;
  /** Whether what is there is what was found, rather than what a link led to for a moment. */
  readonly isStill: () => boolean;
}

export const foundAt = (reach: Reach, place: Place): FoundFile => ({
  at: place.path,
  isStill: () => reach.isStill(place),
});

/** More replacements in a row are no accident. */
const TRIES = 100;

/** For reading. Whoever gets the handle closes it. Throws what the file system throws. */
export async function openStill({
  at,
  isStill,
}: FoundFile): Promise<Result<FileHandle, IrregularFile | { readonly reason: 'not-found' }>> {
  const path = machinePaths.forSystem(at);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const opened = await openRegular(path);
    if (!opened.ok) return opened;
    const file = opened.value;
    let isKept = false;
    try {
      if (!isStill()) break;
      isKept = await isStillAt(path, file);
      if (isKept) return opened;
    } finally {
      if (!isKept) await file.close();
    }
  }
  return fail({ reason: 'not-found' });
}
