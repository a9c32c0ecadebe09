/** SHA-256 of a file of any size, read piece by piece. */
import { fail, ok, type Result } from '../core/failure.ts';
import { entryOf, readFailureIn, type FileEntry, type Unreadable } from './entry.ts';
import { foundAt, openStill } from './open-still.ts';
import type { Place, PlaceFailure, Reach } from './place.ts';

const PIECE_BYTES = 256 * 1024;

/** The hash of what an entry tells; undefined also where that is another file by now. Rejects as `sha256Of` does. */
export async function sha256With(
  entry: FileEntry,
  reach: Reach,
  place: Place,
  signal: AbortSignal,
): Promise<Result<string | undefined, PlaceFailure | Unreadable>> {
  const sha256 = await sha256Of(reach, place, signal);
  if (!sha256.ok) return sha256;
  const after = entryOf(reach, place);
  if (!after.ok) return after;
  // What is made as it is read says 0, and has no versions.
  const isMade = entry.size === 0 && after.value.size === 0;
  return isMade || entry.version === after.value.version ? sha256 : ok(undefined);
}

/** Undefined for what is no file. Rejects with the reason of the signal once that is aborted. */
export async function sha256Of(
  reach: Reach,
  place: Place,
  signal: AbortSignal,
): Promise<Result<string | undefined, PlaceFailure | Unreadable>> {
  try {
    const opened = await openStill(foundAt(reach, place));
    if (!opened.ok) return opened.failure.reason === 'not-found' ? fail(opened.failure) : ok(undefined);
    // `finally` also where its reader is gone: a handle that is collected unclosed ends the process (Bun 1.4.5).
    await using file = opened.value;
    const hash = new Bun.CryptoHasher('sha256');
    const piece = new Uint8Array(PIECE_BYTES);
    for (let at = 0; ;) {
      signal.throwIfAborted();
      const { bytesRead } = await file.read(piece, 0, piece.length, at);
      if (bytesRead === 0) return ok(hash.digest('hex'));
      hash.update(piece.subarray(0, bytesRead));
      at += bytesRead;
    }
  } catch (error) {
    signal.throwIfAborted();
    return fail(readFailureIn(error));
  }
}
