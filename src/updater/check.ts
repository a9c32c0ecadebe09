/**
 * Asks the release server for a newer version. The exact bytes of the manifest are verified before anything in them is
 * read; what they say is believed only then, and judged by manifest.ts.
 */
import { fail, ok, type Result } from '../core/failure.ts';
import { judgeManifest, parseManifest, type ManifestFailure, type Offer } from './manifest.ts';
import { verifySignature, type SignatureFailure } from './minisign.ts';
import type { UpdateRecord } from './record.ts';
import { MANIFEST_FILE, SIGNATURE_FILE } from './release-files.ts';
import { releaseFile, transfer, type TransferFailure, type TransferOptions } from './transfer.ts';

const LIMITS = { bytes: 64 * 1024, ms: 60_000 };

export type CheckFailure = TransferFailure | SignatureFailure | ManifestFailure;

/** What this build accepts. */
export interface Expected {
  readonly version: string;
  readonly channel: string;
  readonly target: string;
  readonly publicKeys: readonly string[];
}

export async function check(
  base: string,
  expected: Expected,
  record: UpdateRecord,
  options: TransferOptions,
): Promise<Result<Offer, CheckFailure>> {
  const manifest = await small(releaseFile(base, MANIFEST_FILE), options);
  if (!manifest.ok) return manifest;
  const signature = await small(releaseFile(base, SIGNATURE_FILE), options);
  if (!signature.ok) return signature;
  const text = new TextDecoder().decode(signature.value);
  const signed = await verifySignature(manifest.value, text, expected.publicKeys);
  if (!signed.ok) return signed;
  const parsed = parseManifest(manifest.value);
  if (!parsed.ok) return parsed;
  return judgeManifest(parsed.value, {
    ...expected,
    seq: record.seq,
    // A clock that was set back does not make an old manifest valid again.
    now: Math.max(options.clock.now(), record.issued),
    bad: new Map(record.bad.map(({ version, why }) => [version, why])),
  });
}

async function small(url: string, options: TransferOptions): Promise<Result<Uint8Array, TransferFailure>> {
  const pieces: Uint8Array[] = [];
  const got = await transfer(url, LIMITS, options, (bytes) => void pieces.push(bytes));
  return got.ok ? ok(Buffer.concat(pieces)) : fail(got.failure);
}
