/**
 * Makes a release out of executables:
 *
 *   executables ──copy──▶ beside --out ──run──▶ they are what is released ──▶ manifest ──sign──▶ installers, SHA256SUMS
 *     ──checked as an update would──▶ --out
 */
import { chmodSync, constants, copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, messageOf } from '../core/failure.ts';
import { MANIFEST_SCHEMA, parseManifest, PRODUCT, type Artifact, type Manifest } from '../updater/manifest.ts';
import { checkReleaseFolder, explainFolderFailure, hashFile } from '../updater/release-folder.ts';
import {
  executableFile,
  MANIFEST_FILE,
  SIGNATURE_FILE,
  WINDOWS_DOWNLOAD,
  WINDOWS_DOWNLOAD_TARGET,
} from '../updater/release-files.ts';
import { CHECKSUMS_FILE, formatChecksums, type Checksums } from './checksums.ts';
import { describeBuild } from './describe-build.ts';
import { findExecutables, type Found } from './executables.ts';
import { parseSecretKey, type SecretKey } from './keys/key-pair.ts';
import { signMessage } from './keys/sign.ts';
import { INSTALLERS, pin } from './pinned-block.ts';
import { Publication } from './publish-folder.ts';
import { ReleaseError } from './release-error.ts';

export interface ReleaseOptions {
  readonly version: string;
  /** Folder with executables as `npm run build` names them. */
  readonly from: string;
  readonly secretKey: string;
  readonly out: string;
  /** Default: Unix seconds, or one more than that of the release in `out`. */
  readonly seq?: number | undefined;
  /** Milliseconds for which it holds. */
  readonly expiresIn: number;
  /** Default: what the executables say. */
  readonly channel?: string | undefined;
  /** Where installers fetch the files. Default: what the executables say. */
  readonly updateUrl?: string | undefined;
  /** Folder with install.sh and install.ps1. */
  readonly installers: string;
  /** Unix milliseconds. */
  readonly now: number;
}

export interface Released {
  readonly out: string;
  readonly manifest: Manifest;
  readonly keyId: string;
  /** Where installers fetch the files; empty: they have to be told. */
  readonly updateUrl: string;
  readonly files: readonly string[];
  /** What whoever releases should know. */
  readonly notes: readonly string[];
}

export async function makeRelease(options: ReleaseOptions): Promise<Released> {
  const { version, from, out } = options;
  const key = await parseSecretKey(readText(options.secretKey, '--secret-key'), options.secretKey);
  const found = findExecutables(from);
  const installers = INSTALLERS.map(
    (name) =>
      [
        name,
        readText(join(options.installers, name), 'the installer', '; --installers DIR says where the two are'),
      ] as const,
  );
  using publication = new Publication(out);
  const { staging, place } = publication;
  const sums = await copyExecutables(found, from, staging);
  const build = await describeBuild(staging, found.targets, key.keyId, options);
  const manifest: Manifest = {
    schema: MANIFEST_SCHEMA,
    product: PRODUCT,
    channel: build.channel,
    seq: nextSeq(options, place, build.channel),
    issued: isoSeconds(options.now),
    expires: isoSeconds(options.now + options.expiresIn),
    version,
    artifacts: Object.fromEntries(found.targets.map((target) => [target, artifact(staging, target, sums)])),
  };
  const pinned = { url: build.updateUrl, version, sums: new Map(sums) };
  const write = async (file: string, text: string, mode = 0o644) => {
    const path = join(staging, file);
    writeFileSync(path, text);
    chmodSync(path, mode);
    sums.set(file, await hashOf(staging, file));
  };
  const bytes = `${JSON.stringify(manifest, null, 2)}\n`;
  await write(MANIFEST_FILE, bytes);
  await write(SIGNATURE_FILE, await signMessage(Buffer.from(bytes), trustedComment(manifest), key));
  for (const [name, text] of installers)
    await write(name, pin(text, name, pinned), name === 'install.sh' ? 0o755 : 0o644);
  writeFileSync(join(staging, CHECKSUMS_FILE), formatChecksums(sums));
  await checkAsAnUpdateWould(staging, key, options.now);
  publication.publish();
  const files = [...sums.keys(), CHECKSUMS_FILE];
  return { out: place, manifest, keyId: key.keyId, updateUrl: build.updateUrl, files, notes: build.notes };
}

async function copyExecutables(found: Found, from: string, staging: string): Promise<Map<string, string>> {
  const sums = new Map<string, string>();
  for (const file of found.files) {
    const copy = join(staging, file);
    try {
      copyFileSync(join(from, file), copy, constants.COPYFILE_FICLONE);
      chmodSync(copy, 0o755);
    } catch (error) {
      throw new ReleaseError(`${join(from, file)} cannot be copied: ${messageOf(error)}`);
    }
    sums.set(file, await hashOf(staging, file));
  }
  if (sums.has(WINDOWS_DOWNLOAD) && sums.get(WINDOWS_DOWNLOAD) !== sums.get(executableFile(WINDOWS_DOWNLOAD_TARGET)))
    throw new ReleaseError(
      `${WINDOWS_DOWNLOAD} is not a copy of ${executableFile(WINDOWS_DOWNLOAD_TARGET)}: npm run build makes both`,
    );
  return sums;
}

async function hashOf(staging: string, file: string): Promise<string> {
  const hash = await hashFile(staging, file);
  if (hash.ok) return hash.value;
  throw new ReleaseError(explainFolderFailure(hash.failure));
}

function artifact(staging: string, target: string, sums: Checksums): Artifact {
  const file = executableFile(target);
  return { file, size: statSync(join(staging, file)).size, sha256: sums.get(file) ?? '' };
}

/** A machine refuses a number that is not above the last one it took, so a release must not go backwards. */
function nextSeq({ seq, now }: ReleaseOptions, place: string, channel: string): number {
  const before = releasedBefore(place);
  const last = before?.channel === channel ? before.seq : 0;
  if (seq === undefined) return Math.max(Math.floor(now / 1000), last + 1);
  if (seq > last) return seq;
  throw new ReleaseError(
    `--seq ${seq} is not above ${last}, which ${place} has: machines that took that one would refuse this`,
  );
}

function releasedBefore(place: string): Manifest | undefined {
  try {
    const parsed = parseManifest(readFileSync(join(place, MANIFEST_FILE)));
    return parsed.ok ? parsed.value : undefined;
  } catch {
    return undefined;
  }
}

const trustedComment = ({ version, channel, seq }: Manifest): string =>
  `version:${version}\tchannel:${channel}\tseq:${seq}\tfile:${MANIFEST_FILE}`;

const isoSeconds = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

/** What is refused here would be refused by every machine, which nobody would see for a while. */
async function checkAsAnUpdateWould(staging: string, key: SecretKey, now: number): Promise<void> {
  const { failures } = await checkReleaseFolder(staging, [key.publicKey], { now });
  if (failures.length > 0)
    throw new ReleaseError(`what was made is no release: ${failures.map(explainFolderFailure).join('; ')}`);
}

function readText(path: string, what: string, advice = ''): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const problem = codeOf(error) === 'ENOENT' ? 'is not there' : `cannot be read: ${messageOf(error)}`;
    throw new ReleaseError(`${what} ${path} ${problem}${advice}`);
  }
}
