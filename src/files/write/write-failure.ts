/** Why something is not written, and what a caller may expect of what is there. */
import { existsSync } from 'node:fs';
import type { IrregularFile } from '../../platform/files/open-regular.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import { codeOf } from '../../core/failure.ts';
import { placeFailureIn } from '../entry.ts';
import type { PlaceFailure } from '../place.ts';
import type { ProtectedFailure } from './protected.ts';
import { roomFailureIn, type RoomFailure } from './room.ts';

export type WriteFailure =
  | PlaceFailure
  | IrregularFile
  | ProtectedFailure
  | RoomFailure
  /** The folder that it should be in is not there, or is none. */
  | { readonly reason: 'parent-missing' }
  /** It is there, and its file system, such as that of /proc, makes no files in it. */
  | { readonly reason: 'makes-no-files' }
  /** A file of /proc or /sys takes no such bytes, or a file system no such name or no file of that size. */
  | { readonly reason: 'unwritable'; readonly code: string };

/** Where a caller has said what must be there. `version`: what is; undefined where nothing is. */
export type VersionDiffers = { readonly reason: 'version-differs'; readonly version: string | undefined };

/** `none`: nothing may be there. A function: something must be, and it says whether that is the right version. */
export type Expected = 'none' | ((version: string) => boolean);

/** Throws what is none. */
export function writeFailureIn(error: unknown): WriteFailure {
  const code = codeOf(error) ?? '';
  if (code === 'EROFS' || code === 'ETXTBSY') return { reason: 'not-permitted', code };
  if (code === 'EISDIR') return { reason: 'is-folder' };
  if (code === 'EINVAL' || code === 'ERANGE' || code === 'EFBIG') return { reason: 'unwritable', code };
  return roomFailureIn(error) ?? placeFailureIn(error);
}

/** The same where something is made in a folder, so that what is missing can only be that folder; `folder`: to look for it. */
export function makeFailureIn(error: unknown, folder?: RawPath): WriteFailure {
  const failure = writeFailureIn(error);
  if (failure.reason !== 'not-found') return failure;
  const isThere = folder !== undefined && existsSync(machinePaths.forSystem(folder));
  return { reason: isThere ? 'makes-no-files' : 'parent-missing' };
}

export const isExpected = (expected: Expected | undefined, version: string | undefined): boolean =>
  expected === undefined || (expected === 'none' ? version === undefined : version !== undefined && expected(version));
