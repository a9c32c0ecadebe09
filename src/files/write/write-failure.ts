/** Why something is not written, and what a caller may expect of what is there. */
import type { InUse } from '../../platform/file-changes/held-elsewhere.ts';
import type { IrregularFile } from '../../platform/files/open-regular.ts';
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
  | InUse
  /** The folder that it should be in is not there, or is none. */
  | { readonly reason: 'parent-missing' }
  /** `version`: what is there; undefined where nothing is. */
  | { readonly reason: 'version-differs'; readonly version: string | undefined };

/** `none`: nothing may be there. A function: something must be, and it says whether that is the right version. */
export type Expected = 'none' | ((version: string) => boolean);

/** Throws what is none. */
export function writeFailureIn(error: unknown): WriteFailure {
  const code = codeOf(error) ?? '';
  if (code === 'EROFS' || code === 'ETXTBSY') return { reason: 'not-permitted', code };
  if (code === 'EISDIR') return { reason: 'is-folder' };
  return roomFailureIn(error) ?? placeFailureIn(error);
}

/** The same where what is missing can only be the folder that something is made in. */
export function makeFailureIn(error: unknown): WriteFailure {
  const failure = writeFailureIn(error);
  return failure.reason === 'not-found' ? { reason: 'parent-missing' } : failure;
}

export const isExpected = (expected: Expected | undefined, version: string | undefined): boolean =>
  expected === undefined || (expected === 'none' ? version === undefined : version !== undefined && expected(version));
