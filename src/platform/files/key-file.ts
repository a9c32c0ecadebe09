/**
 * The API key: environment → key file → a new one; always written back to the file, which its owner
 * alone may read. Whoever has the key has the machine.
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf } from '../../core/failure.ts';
import { newSecret } from '../../core/id.ts';
import { SUPERVISOR_VARIABLE, type Environment } from '../../core/environment.ts';
import { keyFilePath } from '../paths/index.ts';
import { durableFiles } from './durable-files.ts';

/** The key under its inherited names, the newer one first. */
export const KEY_VARIABLES = ['agent_runtime_API_KEY', 'DEVPILOT_AGENT_API_KEY'] as const;

/** The key with which the verbs of this program, and the scripts of docs/from-ci.md, reach a server. No server takes its own from it. */
export const CLIENT_KEY_VARIABLE = 'AGENT_SERVER_KEY';

/** Opens the tunnel to this server. */
const TUNNEL_TOKEN_VARIABLE = 'DEVPILOT_TUNNEL_TOKEN';

export interface ApiKey {
  readonly value: string;
  /** Where it is kept. */
  readonly path: string;
  /** Whether it was made by this start, because there was none. */
  readonly made: boolean;
  /** The environment variable that it comes from, where it comes from one. */
  readonly variable?: string;
}

export function resolveApiKey(env: Environment): ApiKey {
  const path = keyFilePath(env);
  const variable = variableOf(env);
  const known = fromEnvironment(env) ?? readKeyFile(path);
  const value = known ?? newSecret();
  writeKeyFile(path, value);
  return { value, path, made: known === undefined, ...(variable !== undefined && { variable }) };
}

/** Puts another key into its place, where it survives a loss of power. Throws what the file system throws. */
export function replaceKeyFile(path: string, value: string): void {
  durableFiles.write(path, value);
}

/** The key of the server on this machine: environment, then file. Throws where the file cannot be read. */
export function findApiKey(env: Environment): string | undefined {
  return fromEnvironment(env) ?? readKeyFile(keyFilePath(env));
}

/** The server's environment as its children see it: without secrets, and without what is said to this server alone. */
export function withoutSecrets(env: Environment): Record<string, string> {
  const names = [...KEY_VARIABLES, CLIENT_KEY_VARIABLE, TUNNEL_TOKEN_VARIABLE, SUPERVISOR_VARIABLE];
  const hidden = new Set<string>(names.map((name) => name.toLowerCase()));
  return Object.fromEntries(
    // On Windows names of variables are the same in any letter case.
    Object.entries(env).flatMap(([name, value]) =>
      value === undefined || hidden.has(name.toLowerCase()) ? [] : [[name, value]],
    ),
  );
}

const variableOf = (env: Environment): string | undefined =>
  KEY_VARIABLES.find((name) => ![undefined, ''].includes(env[name]?.trim()));

function fromEnvironment(env: Environment): string | undefined {
  return env[variableOf(env) ?? '']?.trim();
}

/** Undefined where there is none. Throws for one that cannot be read: a new key must not take the place of it. */
export function readKeyFile(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return text === '' ? undefined : text;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

// Written beside and renamed: a crash in between must not leave half a key, and a file that others
// could read must not be readable for a moment with the key in it.
function writeKeyFile(path: string, value: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const fresh = `${path}.${process.pid}.new`;
  writeFileSync(fresh, value, { mode: 0o600 });
  chmodSync(fresh, 0o600);
  renameSync(fresh, path);
}
