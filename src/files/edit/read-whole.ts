/** A small file as a whole: its bytes, their hash, and the version that they are of. */
import { statSync } from 'node:fs';
import { fail, ok, type Result } from '../../core/failure.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { IrregularFile } from '../../platform/files/open-regular.ts';
import { unreadableIn, versionOf, type Unreadable } from '../entry.ts';
import type { Place, PlaceFailure, Reach } from '../place.ts';
import { openForReading } from '../read.ts';

/** More is neither edited nor read as text. */
export const MAX_WHOLE_BYTES = 16 * 1024 * 1024;
/** How often a file is read that other programs write meanwhile. */
const TRIES = 3;

export interface WholeFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** In hexadecimal. */
  readonly sha256: string;
  readonly version: string;
}

export type WholeFailure =
  | PlaceFailure
  | IrregularFile
  | { readonly reason: 'file-too-large'; readonly limit: number }
  /** Each time that it was read, it was another one afterwards. */
  | { readonly reason: 'keeps-changing' }
  | Unreadable;

export async function readWhole(reach: Reach, place: Place): Promise<Result<WholeFile, WholeFailure>> {
  for (let tries = 1; ; tries += 1) {
    const read = await readOnce(reach, place);
    if (read === 'changed' && tries < TRIES) continue;
    return read === 'changed' ? fail({ reason: 'keeps-changing' }) : read;
  }
}

async function readOnce(reach: Reach, place: Place): Promise<Result<WholeFile, WholeFailure> | 'changed'> {
  const opened = await openForReading(reach, place);
  if (!opened.ok) return opened;
  await using file = opened.value;
  const tooLarge = fail({ reason: 'file-too-large', limit: MAX_WHOLE_BYTES } as const);
  if (file.size > MAX_WHOLE_BYTES) return tooLarge;
  try {
    // To its end, also where its size says 0, as those of /proc do.
    const bytes = await file.bytes(0, MAX_WHOLE_BYTES + 1);
    if (bytes.length > MAX_WHOLE_BYTES) return tooLarge;
    // What says 0 and has more is made as it is read: it has no versions.
    const isMade = file.size === 0 && bytes.length > 0;
    if (!isMade && versionNow(place) !== file.version) return 'changed';
    return ok({ bytes, sha256: new Bun.CryptoHasher('sha256').update(bytes).digest('hex'), version: file.version });
  } catch (error) {
    return fail(unreadableIn(error));
  }
}

function versionNow({ path }: Place): string | undefined {
  const stats = statSync(machinePaths.forSystem(path), { bigint: true, throwIfNoEntry: false });
  return stats && versionOf(stats);
}
