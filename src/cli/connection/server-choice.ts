/**
 * Which server a verb connects to, and with which key: flags, then the environment, then the profile in use, then the
 * server of this machine (see precedence.ts). The key of a profile goes to the address of that profile and nowhere else.
 * There is no flag for the key itself, because every user of a machine can read the command lines of its processes.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Environment } from '../../core/environment.ts';
import { codeOf, fail, messageOf, ok, type Result } from '../../core/failure.ts';
import { readHolder } from '../../platform/files/data-lock.ts';
import { readKeyFile } from '../../platform/files/key-file.ts';
import { defaultDataPath, keyFilePath } from '../../platform/paths/index.ts';
import { PROGRAM } from '../command/program.ts';
import { didYouMean } from '../command/suggestion.ts';
import { isAlive } from './is-alive.ts';
import {
  DATA_DIR_VARIABLE,
  GIVEN_KEY_VARIABLES,
  KEY_FILE_VARIABLE,
  PROFILE_VARIABLE,
  URL_VARIABLE,
} from './precedence.ts';
import { readProfiles, type Profile } from './profiles-file.ts';
import { ADDRESS_RULE, DEFAULT_URL, parseUrl } from './server-address.ts';

/** The options of a verb that say which server is meant. */
export interface ConnectOptions {
  readonly url?: string | undefined;
  readonly profile?: string | undefined;
  /** Where that name was taken from. Default: `given with --profile`. */
  readonly profileFrom?: string | undefined;
  readonly 'key-file'?: string | undefined;
  readonly 'data-dir'?: string | undefined;
}

export interface ServerChoice {
  readonly url: string;
  /** Where the address was taken from, such as `given with --url`. */
  readonly from: string;
  /** `here`: no address was given, it is the server of this machine. */
  readonly by: 'address' | 'profile' | 'here';
  /** Its name, where it is of a profile. */
  readonly profileName?: string;
  /** Undefined where there is none yet. */
  readonly key: string | undefined;
  /** Where the key was taken from, or would be. */
  readonly keyFrom: string;
}

export interface ChoiceFailure {
  readonly reason: 'server-unclear';
  /** With what to do about it. */
  readonly message: string;
}

type Address = Pick<ServerChoice, 'url' | 'from' | 'by'> & {
  readonly profile?: Profile & { readonly name: string };
};

const unclear = (message: string) => fail({ reason: 'server-unclear', message } as const);

export function chooseServer(options: ConnectOptions, env: Environment): Result<ServerChoice, ChoiceFailure> {
  const address = chooseAddress(options, env);
  if (!address.ok) return address;
  const { from, by, profile } = address.value;
  const profileName = profile && { profileName: profile.name };
  const url = parseUrl(address.value.url);
  if (url === undefined) return unclear(`the address ${from} ${ADDRESS_RULE}`);
  const keyFile = nonEmpty(options['key-file']);
  if (options['key-file'] === '') return unclear('--key-file is empty; name the file that holds the key');
  if (keyFile !== undefined) return withKeyOf(keyFile, 'given with --key-file', { url, from, by, ...profileName });
  if (profile !== undefined)
    return ok({ url, from, by, ...profileName, key: profile.key, keyFrom: `kept in the profile ${profile.name}` });
  const named = nonEmpty(env[KEY_FILE_VARIABLE]);
  if (named !== undefined) return withKeyOf(named, `given by ${KEY_FILE_VARIABLE}`, { url, from, by });
  for (const variable of GIVEN_KEY_VARIABLES) {
    const key = nonEmpty(env[variable]?.trim());
    if (key !== undefined) return ok({ url, from, by, key, keyFrom: `given by ${variable}` });
  }
  const path = keyFilePath(env);
  try {
    return ok({ url, from, by, key: readKeyFile(path), keyFrom: `kept in ${path}` });
  } catch (error) {
    return unclear(`the key file ${path} cannot be read (${messageOf(error)}); see ${PROGRAM} doctor`);
  }
}

function chooseAddress(options: ConnectOptions, env: Environment): Result<Address, ChoiceFailure> {
  const { url, profile, profileFrom = 'given with --profile' } = options;
  if (url !== undefined && profile !== undefined) return unclear('--url and --profile exclude each other; give one');
  if (url !== undefined) return ok({ url, from: 'given with --url', by: 'address' });
  if (profile !== undefined) return ofProfile(profile, profileFrom, env);
  if (options['data-dir'] !== undefined) return ok(ofDataFolder(options['data-dir']));
  const namedUrl = nonEmpty(env[URL_VARIABLE]);
  if (namedUrl !== undefined) return ok({ url: namedUrl, from: `given by ${URL_VARIABLE}`, by: 'address' });
  const namedProfile = nonEmpty(env[PROFILE_VARIABLE]);
  if (namedProfile !== undefined) return ofProfile(namedProfile, `given by ${PROFILE_VARIABLE}`, env);
  const namedFolder = nonEmpty(env[DATA_DIR_VARIABLE]);
  if (namedFolder !== undefined) return ok(ofDataFolder(namedFolder));
  const kept = readProfiles(env);
  if (!kept.ok) return unclear(kept.failure.message);
  const { current } = kept.value;
  return current === undefined ? ok(ofDataFolder(defaultDataPath(env))) : ofProfile(current, 'in use', env);
}

function ofProfile(name: string, from: string, env: Environment): Result<Address, ChoiceFailure> {
  const kept = readProfiles(env);
  if (!kept.ok) return unclear(kept.failure.message);
  const profile = kept.value.profiles.get(name);
  if (profile === undefined) {
    const guess = didYouMean(name, [...kept.value.profiles.keys()]);
    return unclear(
      `there is no profile ${JSON.stringify(name)} (${from})${guess}; make it with: ${PROGRAM} login NAME URL`,
    );
  }
  return ok({
    url: profile.url,
    from: `of the profile ${name}, ${from}`,
    by: 'profile',
    profile: { ...profile, name },
  });
}

function ofDataFolder(folder: string): Address {
  const dataPath = resolve(folder);
  const holder = readHolder(dataPath);
  return holder !== undefined && typeof holder.url === 'string' && isAlive(holder.pid)
    ? { url: holder.url, from: `recorded in ${dataPath}`, by: 'here' }
    : { url: DEFAULT_URL, from: `the default; no server uses ${dataPath}`, by: 'here' };
}

function withKeyOf(
  path: string,
  from: string,
  address: Pick<ServerChoice, 'url' | 'from' | 'by' | 'profileName'>,
): Result<ServerChoice, ChoiceFailure> {
  const key = readKeyFrom(path, from);
  return key.ok ? ok({ ...address, key: key.value, keyFrom: `of the file ${path}, ${from}` }) : key;
}

/** `from`: such as `given with --key-file`. */
export function readKeyFrom(path: string, from: string): Result<string, ChoiceFailure> {
  try {
    const key = readFileSync(path, 'utf8').trim();
    return key === '' ? unclear(`the key file ${path}, ${from}, is empty; name one that holds a key`) : ok(key);
  } catch (error) {
    const why = codeOf(error) === 'ENOENT' ? 'is not there' : `cannot be read (${messageOf(error)})`;
    return unclear(`the key file ${path}, ${from}, ${why}; name one that holds a key`);
  }
}

// A variable that is set to nothing counts as not set, as everywhere in a shell.
const nonEmpty = (text: string | undefined): string | undefined => (text === '' ? undefined : text);
