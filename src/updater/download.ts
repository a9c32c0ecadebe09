/**
 * Fetches the new executable into a file beside the old one, and verifies it on the way.
 *
 *   1 the file is made and written
 *   2 its size and hash are those of the manifest, and it is on the disk
 *
 * Where anything is wrong the file is gone again.
 */
import { codeOf, fail, messageOf, ok, type Result } from '../core/failure.ts';
import type { Installation } from './installation.ts';
import type { Offer } from './manifest.ts';
import { releaseFile, transfer, type TransferFailure, type TransferOptions } from './transfer.ts';

/** At least 300 kB/s for the largest executable there is. */
const TIMEOUT_MS = 3_600_000;
/** Room beyond the file itself that must stay free: for the record, and for what else runs here. */
const SPARE_BYTES = 16 * 1024 * 1024;

export type DownloadFailure =
  | TransferFailure
  | { readonly reason: 'disk-full'; readonly folder: string; readonly bytes: number }
  | { readonly reason: 'folder-unwritable'; readonly folder: string; readonly detail: string }
  | { readonly reason: 'wrong-size'; readonly file: string; readonly bytes: number; readonly expected: number }
  | { readonly reason: 'wrong-hash'; readonly file: string };

/** Resolves to the path of the file. */
export async function download(
  base: string,
  { version, artifact: { file, size, sha256 } }: Offer,
  { files, place }: Pick<Installation, 'files' | 'place'>,
  options: TransferOptions,
  progress: (received: number) => void,
): Promise<Result<string, DownloadFailure>> {
  const path = place.fresh(version);
  const { folder } = place;
  const full = { reason: 'disk-full', folder, bytes: size } as const;
  const free = files.free(folder);
  if (free !== undefined && free < size + SPARE_BYTES) return fail(full);
  const hash = new Bun.CryptoHasher('sha256');
  let received = 0;
  let complete = false;
  try {
    files.remove(path);
    await using writer = await files.create(path);
    const got = await transfer(releaseFile(base, file), { bytes: size, ms: TIMEOUT_MS }, options, async (bytes) => {
      hash.update(bytes);
      await writer.write(bytes);
      received += bytes.length;
      progress(received);
    });
    if (!got.ok) return got;
    if (received !== size) return fail({ reason: 'wrong-size', file, bytes: received, expected: size });
    if (hash.digest('hex') !== sha256) return fail({ reason: 'wrong-hash', file });
    await writer.sync();
    complete = true;
    return ok(path);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOSPC' || code === 'EDQUOT') return fail(full);
    return fail({ reason: 'folder-unwritable', folder, detail: messageOf(error) });
  } finally {
    if (!complete) discard(files, path);
  }
}

/** A file that stays is removed by the next start. */
export function discard(files: Installation['files'], path: string): void {
  try {
    files.remove(path);
  } catch {
    // Nothing more can be done about it now.
  }
}
