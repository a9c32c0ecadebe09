/**
 * The profiles of a user: servers by name, each with its address and its key, and which of them is in use. One JSON file in
 * the user's configuration folder, for its owner alone:
 *
 *   {"format":1,"current":"box","profiles":{"box":{"url":"https://box.example","key":"…"}}}
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../../core/environment.ts';
import { codeOf, fail, messageOf, ok, type Result } from '../../core/failure.ts';
import { describeExposure } from '../../platform/files/index.ts';
import { replacePrivate } from '../../platform/files/private-file.ts';
import { userConfigPath } from '../../platform/paths/index.ts';

export interface Profile {
  readonly url: string;
  readonly key: string;
}

export interface Profiles {
  /** Name of the one that verbs use where nothing else names a server. */
  readonly current?: string;
  readonly profiles: ReadonlyMap<string, Profile>;
}

export interface ProfilesFailure {
  readonly reason: 'profiles-unusable';
  readonly message: string;
}

const FORMAT = 1;
const NAME = /^[A-Za-z0-9][\w.-]{0,63}$/;

export const isProfileName = (name: string): boolean => NAME.test(name);

export const profilesPath = (env: Environment): string => join(userConfigPath(env), 'profiles.json');

export function readProfiles(env: Environment): Result<Profiles, ProfilesFailure> {
  const path = profilesPath(env);
  const unusable = (message: string) => fail({ reason: 'profiles-unusable', message } as const);
  try {
    const text = readFileSync(path, 'utf8');
    const exposure = describeExposure(path);
    if (exposure !== undefined)
      return unusable(`other users can read the keys in ${path} (${exposure}); run: chmod 600 '${path}'`);
    const profiles = parse(JSON.parse(text));
    return profiles === undefined
      ? unusable(`${path} holds no profiles that this version can read; correct it or delete it`)
      : ok(profiles);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return ok({ profiles: new Map() });
    // The message of a parser may repeat the text, and with it a key.
    const why = error instanceof SyntaxError ? 'it is not JSON' : messageOf(error);
    return unusable(`${path} cannot be read: ${why}; correct it or delete it`);
  }
}

/** Throws what the file system throws. */
export function writeProfiles(env: Environment, { current, profiles }: Profiles): void {
  const stored = { format: FORMAT, ...(current !== undefined && { current }), profiles: Object.fromEntries(profiles) };
  replacePrivate(profilesPath(env), `${JSON.stringify(stored, undefined, 2)}\n`);
}

function parse(stored: unknown): Profiles | undefined {
  if (!isObject(stored) || stored['format'] !== FORMAT || !isObject(stored['profiles'])) return undefined;
  const profiles = new Map<string, Profile>();
  for (const [name, profile] of Object.entries(stored['profiles'])) {
    if (!isProfileName(name) || !isObject(profile)) return undefined;
    const { url, key } = profile;
    if (typeof url !== 'string' || typeof key !== 'string') return undefined;
    profiles.set(name, { url, key });
  }
  const { current } = stored;
  return { profiles, ...(typeof current === 'string' && { current }) };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
