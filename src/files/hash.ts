/** SHA-256 of a file of any size, read piece by piece. */
import { fail, ok, type Result } from '../core/failure.ts';
import { machinePaths } from '../platform/machine-paths/index.ts';
import { isStillAt, openRegular } from '../platform/files/open-regular.ts';
import { placeFailureIn } from './entry.ts';
import type { Place, PlaceFailure, Reach } from './place.ts';

const PIECE_BYTES = 256 * 1024;

/** Undefined for what is no file. Rejects with the reason of the signal once that is aborted. */
export async function sha256Of(
  reach: Reach,
  place: Place,
  signal: AbortSignal,
): Promise<Result<string | undefined, PlaceFailure>> {
  const path = machinePaths.forSystem(place.path);
  try {
    const opened = await openRegular(path);
    if (!opened.ok) return ok(undefined);
    // `finally` also where its reader is gone: a handle that is collected unclosed ends the process (Bun 1.4.5).
    await using file = opened.value;
    if (!reach.isStill(place) || !(await isStillAt(path, file))) return fail({ reason: 'not-found' });
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
    return fail(placeFailureIn(error));
  }
}
