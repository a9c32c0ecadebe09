/** What the executables of a release have been built to be, asked of those that this machine can run. */
import { join } from 'node:path';
import { parsePublicKey } from '../updater/public-key.ts';
import type { Target } from './build/targets.ts';
import { executableFile } from '../updater/release-files.ts';
import { bakedVersion } from './baked-version.ts';
import { askExecutable, type Said } from './executables.ts';
import { ReleaseError } from './release-error.ts';

export interface Build {
  readonly channel: string;
  /** Empty: neither given nor built in. */
  readonly updateUrl: string;
  readonly notes: readonly string[];
}

export interface Wanted {
  readonly version: string;
  readonly channel?: string | undefined;
  readonly updateUrl?: string | undefined;
}

/** Refuses executables that are something else than what they are released as, or that would refuse the next release. */
export async function describeBuild(
  folder: string,
  targets: readonly Target[],
  keyId: string,
  wanted: Wanted,
): Promise<Build> {
  const asked: { readonly target: Target; readonly said: Said }[] = [];
  const unseen: Target[] = [];
  for (const target of targets) {
    const said = await askExecutable(folder, target);
    const version = said === undefined ? bakedVersion(join(folder, executableFile(target)), target) : said.version;
    if (version !== wanted.version && (said !== undefined || version !== undefined))
      throw refuse(target, `is version ${String(version)}, not ${wanted.version}`, `--version ${wanted.version}`);
    if (said === undefined) unseen.push(target);
    else asked.push({ target, said });
  }
  const first = asked[0]?.said;
  const channel = wanted.channel ?? text(first?.channel) ?? 'stable';
  const updateUrl = wanted.updateUrl ?? text(first?.updateUrl) ?? '';
  const notes = asked.flatMap(({ target, said }) => judge(target, said, keyId, channel));
  if (unseen.length > 0) notes.push(`not run, because this machine cannot: ${unseen.join(', ')}`);
  if (updateUrl === '') notes.push('the installers know no address to fetch from: give --update-url URL');
  return { channel, updateUrl, notes };
}

function judge(target: Target, said: Said, keyId: string, channel: string): string[] {
  if (typeof said.channel === 'string' && said.channel !== channel)
    throw refuse(target, `follows the channel ${said.channel}, not ${channel}`, `--channel ${channel}`);
  if (!Array.isArray(said.publicKeys)) return [];
  const known = said.publicKeys.map((key) => parsePublicKey(String(key))?.keyId);
  if (known.length === 0)
    return [
      `the executable for ${target} knows no public key, so it will never update itself: build with --public-key FILE`,
    ];
  if (known.includes(keyId)) return [];
  throw refuse(
    target,
    `does not know the key ${keyId} that signs this release, only ${known.join(', ')}`,
    '--public-key FILE, with the public half of that key among them',
  );
}

const refuse = (target: Target, problem: string, options: string): ReleaseError =>
  new ReleaseError(`the executable for ${target} ${problem}: build it with npm run build -- ${options}`);

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
