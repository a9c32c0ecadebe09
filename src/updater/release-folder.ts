/** Whether a folder holds a release as it was signed: its manifest first, and by that its executables. */
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, fail, messageOf, ok, type Result } from '../core/failure.ts';
import { explainRefusal, type Refusal } from './explain.ts';
import { judgeOrigin, MAX_MANIFEST_BYTES, parseManifest, type Artifact, type Manifest } from './manifest.ts';
import { shown } from './manifest-fields.ts';
import { MAX_SIGNATURE_LENGTH, verifySignature, type Signed } from './minisign.ts';
import { MANIFEST_FILE, SIGNATURE_FILE, WINDOWS_DOWNLOAD, WINDOWS_DOWNLOAD_TARGET } from './release-files.ts';

export type FolderFailure =
  | Refusal
  /** Not there, no file, or not to be read. */
  | { readonly reason: 'file-unreadable'; readonly file: string; readonly why: string }
  | { readonly reason: 'file-too-large'; readonly file: string; readonly size: number; readonly limit: number }
  | { readonly reason: 'file-not-listed'; readonly file: string }
  | { readonly reason: 'size-differs'; readonly file: string; readonly size: number; readonly signed: number }
  | { readonly reason: 'hash-differs'; readonly file: string; readonly sha256: string; readonly signed: string };

export interface SignedManifest extends Signed {
  readonly manifest: Manifest;
}

/** Reads the manifest once its signature holds. Without `channel` any is right. */
export async function readSignedManifest(
  folder: string,
  publicKeys: readonly string[],
  { channel, now }: { readonly channel?: string; readonly now: number },
): Promise<Result<SignedManifest, FolderFailure>> {
  const bytes = await readSmall(folder, MANIFEST_FILE, MAX_MANIFEST_BYTES);
  if (!bytes.ok) return bytes;
  const signature = await readSmall(folder, SIGNATURE_FILE, MAX_SIGNATURE_LENGTH);
  if (!signature.ok) return signature;
  const signed = await verifySignature(bytes.value, new TextDecoder().decode(signature.value), publicKeys);
  if (!signed.ok) return signed;
  const manifest = parseManifest(bytes.value);
  if (!manifest.ok) return manifest;
  const stranger = judgeOrigin(manifest.value, { channel: channel ?? manifest.value.channel, now });
  return stranger === undefined ? ok({ ...signed.value, manifest: manifest.value }) : fail(stranger);
}

export interface FolderReport {
  /** Undefined where the manifest itself is refused, which is the one failure then. */
  readonly signed: SignedManifest | undefined;
  /** Names of the files that were compared. */
  readonly checked: readonly string[];
  readonly failures: readonly FolderFailure[];
}

/** Checks the manifest and the executables of these names; by default all that it names, and the one for download. */
export async function checkReleaseFolder(
  folder: string,
  publicKeys: readonly string[],
  { files = [], ...expected }: { readonly files?: readonly string[]; readonly channel?: string; readonly now: number },
): Promise<FolderReport> {
  const signed = await readSignedManifest(folder, publicKeys, expected);
  if (!signed.ok) return { signed: undefined, checked: [], failures: [signed.failure] };
  const { manifest } = signed.value;
  const checked = files.length === 0 ? everyFile(folder, manifest) : files;
  const failures = await Promise.all(checked.map((file) => checkFile(folder, file, manifest)));
  return { signed: signed.value, checked, failures: failures.filter((failure) => failure !== undefined) };
}

function everyFile(folder: string, { artifacts }: Manifest): string[] {
  const named = Object.values(artifacts).map(({ file }) => file);
  // Not in the manifest, which has one file for each target: an executable must not be here that nobody compared.
  return existsSync(join(folder, WINDOWS_DOWNLOAD)) ? [...new Set([...named, WINDOWS_DOWNLOAD])] : named;
}

/** The artifact of that file name. The name that people download has one too: that of the same bytes. */
function artifactOf({ artifacts }: Manifest, file: string): Artifact | undefined {
  const found = Object.values(artifacts).find((artifact) => artifact.file === file);
  return found ?? (file === WINDOWS_DOWNLOAD ? artifacts[WINDOWS_DOWNLOAD_TARGET] : undefined);
}

/** Undefined: the file is there, and is byte for byte what was signed. */
async function checkFile(folder: string, file: string, manifest: Manifest): Promise<FolderFailure | undefined> {
  const artifact = artifactOf(manifest, file);
  if (artifact === undefined) return { reason: 'file-not-listed', file };
  const { size, sha256: signed } = artifact;
  const found = await hashFile(folder, file, size);
  if (!found.ok) return found.failure;
  return found.value === signed ? undefined : { reason: 'hash-differs', file, sha256: found.value, signed };
}

/** SHA-256 in 64 hexadecimal digits, read piece by piece; a file that has not `size` bytes is not read. */
export async function hashFile(folder: string, file: string, size?: number): Promise<Result<string, FolderFailure>> {
  const path = join(folder, file);
  try {
    const found = await stat(path);
    if (!found.isFile()) return fail({ reason: 'file-unreadable', file, why: 'it is not a file' });
    if (size !== undefined && found.size !== size)
      return fail({ reason: 'size-differs', file, size: found.size, signed: size });
    const hasher = new Bun.CryptoHasher('sha256');
    for await (const piece of Bun.file(path).stream()) hasher.update(piece);
    return ok(hasher.digest('hex'));
  } catch (error) {
    return fail({ reason: 'file-unreadable', file, why: problemOf(error) });
  }
}

/** One sentence without its full stop. */
export function explainFolderFailure(failure: FolderFailure): string {
  if (!('file' in failure)) return explainRefusal(failure);
  switch (failure.reason) {
    case 'file-unreadable':
      return `${failure.file} cannot be read: ${failure.why}`;
    case 'file-too-large':
      return `${failure.file} has ${failure.size} bytes, more than ${failure.limit}`;
    case 'file-not-listed':
      return `${shown(failure.file)} is not one of the executables that the manifest names`;
    case 'size-differs':
      return `${failure.file} has ${failure.size} bytes, and ${failure.signed} were signed`;
    case 'hash-differs':
      return `${failure.file} is not what was signed: its SHA-256 is ${failure.sha256} instead of ${failure.signed}`;
  }
}

// Not by Bun.file: on Windows its `bytes` of a file that is not there never settles, and the program ends as if all were well.
async function readSmall(folder: string, file: string, limit: number): Promise<Result<Uint8Array, FolderFailure>> {
  const path = join(folder, file);
  try {
    const found = await stat(path);
    if (!found.isFile()) return fail({ reason: 'file-unreadable', file, why: 'it is not a file' });
    if (found.size > limit) return fail({ reason: 'file-too-large', file, size: found.size, limit });
    return ok(await readFile(path));
  } catch (error) {
    return fail({ reason: 'file-unreadable', file, why: problemOf(error) });
  }
}

const problemOf = (error: unknown): string => (codeOf(error) === 'ENOENT' ? 'it is not there' : messageOf(error));
