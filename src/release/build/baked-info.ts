/** What the options of a build bake into the executables, checked: a mistake here would only show at the first update. */
import { readFileSync } from 'node:fs';
import { messageOf } from '../../core/failure.ts';
import { isName } from '../../updater/manifest-fields.ts';
import { parsePublicKey } from '../../updater/public-key.ts';
import { parseReleaseUrl } from '../../core/release-url.ts';
import { isVersion } from '../../updater/semver.ts';
import { ReleaseError } from '../release-error.ts';
import type { BakedInfo } from './build-executable.ts';

export interface BakedOptions {
  readonly version?: string | undefined;
  /** Paths of .pub files. */
  readonly 'public-key'?: readonly string[] | undefined;
  readonly 'update-url'?: string | undefined;
  readonly channel?: string | undefined;
}

export function bakedInfo(options: BakedOptions): BakedInfo {
  const { version, 'public-key': keyFiles, 'update-url': url, channel } = options;
  return {
    ...(version !== undefined && { version: checkedVersion(version) }),
    ...(keyFiles !== undefined && { publicKeys: keyFiles.map(readPublicKey) }),
    ...(url !== undefined && { updateUrl: checkedUrl(url) }),
    ...(channel !== undefined && { channel: checkedChannel(channel) }),
  };
}

export function checkedVersion(text: string): string {
  if (isVersion(text)) return text;
  throw new ReleaseError(
    `--version must be a semantic version such as 1.2.3 or 1.2.3-rc.1, not ${JSON.stringify(text)}`,
  );
}

export function checkedChannel(text: string): string {
  if (isName(text)) return text;
  throw new ReleaseError(`--channel must be a name such as stable or beta, not ${JSON.stringify(text)}`);
}

export function checkedUrl(text: string): string {
  const url = parseReleaseUrl(text);
  if (url.ok) return url.value;
  throw new ReleaseError(`--update-url ${text} cannot be used: ${url.failure.problem}`);
}

/** The contents of a .pub file. */
export function readPublicKey(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new ReleaseError(`--public-key ${path} cannot be read (${messageOf(error)}); npm run keygen makes a pair`);
  }
  if (parsePublicKey(text) !== undefined) return text;
  throw new ReleaseError(
    `--public-key ${path} is not a minisign public key; npm run keygen makes a pair, whose public half ends in .pub`,
  );
}
