/** Everything that can be wrong with a release folder: what is signed, and what is only said. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, messageOf } from '../core/failure.ts';
import type { Manifest } from '../updater/manifest.ts';
import { checkReleaseFolder, explainFolderFailure, hashFile } from '../updater/release-folder.ts';
import { isReleaseFile } from '../updater/manifest-fields.ts';
import { CHECKSUMS_FILE, parseChecksums, type Checksums } from './checksums.ts';
import { INSTALLERS, readPinned } from './pinned-block.ts';
import { ReleaseError } from './release-error.ts';

export interface Verified {
  /** Undefined where the manifest is refused. */
  readonly manifest: Manifest | undefined;
  readonly keyId: string | undefined;
  /** Sentences without their full stop. None: the release is as it was made. */
  readonly problems: readonly string[];
}

export async function verifyFolder(folder: string, publicKeys: readonly string[], now: number): Promise<Verified> {
  const { signed, failures } = await checkReleaseFolder(folder, publicKeys, { now });
  const problems = failures.map(explainFolderFailure);
  if (signed === undefined) return { manifest: undefined, keyId: undefined, problems };
  const { manifest, keyId } = signed;
  const sums = readChecksums(folder);
  problems.push(...(typeof sums === 'string' ? [sums] : await checkSums(folder, sums, manifest)));
  for (const name of INSTALLERS)
    if (existsSync(join(folder, name))) problems.push(...checkInstaller(folder, name, manifest));
  return { manifest, keyId, problems };
}

/** A text says what is wrong. */
function readChecksums(folder: string): Checksums | string {
  try {
    const sums = parseChecksums(readFileSync(join(folder, CHECKSUMS_FILE), 'utf8'));
    return sums ?? `${CHECKSUMS_FILE} has a line that is no checksum`;
  } catch (error) {
    return `${CHECKSUMS_FILE} ${codeOf(error) === 'ENOENT' ? 'is not there' : `cannot be read: ${messageOf(error)}`}`;
  }
}

async function checkSums(folder: string, sums: Checksums, manifest: Manifest): Promise<string[]> {
  const checks = [...sums].map(async ([file, sha256]) => {
    if (!isReleaseFile(file))
      return `${CHECKSUMS_FILE} has ${JSON.stringify(file)}, which is not the bare name of a file`;
    const found = await hashFile(folder, file);
    if (!found.ok) return `${explainFolderFailure(found.failure)}, and ${CHECKSUMS_FILE} has it`;
    return found.value === sha256 ? undefined : `${file} is not what ${CHECKSUMS_FILE} says`;
  });
  const unlisted = Object.values(manifest.artifacts)
    .filter(({ file }) => !sums.has(file))
    .map(({ file }) => `${CHECKSUMS_FILE} does not have ${file}`);
  return [...(await Promise.all(checks)).filter((problem) => problem !== undefined), ...unlisted];
}

function checkInstaller(folder: string, name: (typeof INSTALLERS)[number], manifest: Manifest): string[] {
  let pinned: ReturnType<typeof readPinned>;
  try {
    pinned = readPinned(readFileSync(join(folder, name), 'utf8'), name);
  } catch (error) {
    return [error instanceof ReleaseError ? error.message : `${name} cannot be read: ${messageOf(error)}`];
  }
  if (pinned === undefined) return [`${name} is pinned to nothing that npm run release wrote`];
  const { version, sums } = pinned;
  if (version !== manifest.version) return [`${name} is pinned to version ${version}, not to ${manifest.version}`];
  return Object.values(manifest.artifacts)
    .filter(({ file, sha256 }) => sums.get(file) !== sha256)
    .map(({ file }) => `${name} is pinned to another ${file} than was signed`);
}
