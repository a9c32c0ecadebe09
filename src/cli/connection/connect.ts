/**
 * Which server a verb connects to, and with which key. There is no flag for the key, because every user of a machine can
 * read the command lines of its processes.
 */
import { resolve } from 'node:path';
import { Client, type ClientOptions } from '../../client/client.ts';
import { ClientError } from '../../client/failure.ts';
import { codeOf } from '../../core/failure.ts';
import { isLoopback } from '../../core/loopback.ts';
import { readHolder } from '../../platform/files/data-lock.ts';
import { findApiKey, KEY_VARIABLES } from '../../platform/files/key-file.ts';
import { defaultDataPath, keyFilePath } from '../../platform/paths/index.ts';
import { environmentName } from '../../settings/all.ts';
import type { Environment } from '../../core/environment.ts';
import { explainClientError } from './client-failure.ts';
import { complain } from '../output.ts';
import { PROGRAM } from '../command/program.ts';
import { JSON_ARG, type ArgsDef } from '../command/verb.ts';

const URL_VARIABLE = 'AGENT_SERVER_URL';
const DEFAULT_URL = 'http://127.0.0.1:8585';

export const CONNECT_ARGS = {
  url: {
    type: 'string',
    valueHint: 'URL',
    description: `Address of the server (${URL_VARIABLE}). Default: the server that uses the data folder, else ${DEFAULT_URL}. The key is read from ${KEY_VARIABLES[0]} or the key file.`,
  },
  'data-dir': {
    type: 'string',
    valueHint: 'PATH',
    description: `Data folder of the server to connect to (${environmentName('data-dir')}).`,
  },
  ...JSON_ARG,
} as const satisfies ArgsDef;

export interface Address {
  readonly url: string;
  /** Where it was taken from, for the message that no server answers there. */
  readonly from: string;
}

/** Calls `use` with a client; a failed call is reported in one line, with exit code 1. */
export async function withClient(
  args: { readonly url?: string | undefined; readonly 'data-dir'?: string | undefined },
  use: (client: Client) => Promise<number>,
): Promise<number> {
  const address = findServer(args, process.env);
  const parsed = parseUrl(address.url);
  if (parsed === undefined) {
    complain(`the address ${address.from} must look like ${DEFAULT_URL}, without user, query or fragment`);
    return 1;
  }
  const key = findApiKey(process.env);
  if (key === undefined) {
    complain(
      `there is no API key: set ${KEY_VARIABLES[0]}, or start a server here once, which creates one in ${keyFilePath(process.env)}`,
    );
    return 1;
  }
  try {
    return await use(newClient({ url: parsed, key }));
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    const hint = error.reason === 'unreachable' ? ` (${address.from}). Start a server with: ${PROGRAM} serve` : '';
    complain(explainClientError(error) + hint);
    return 1;
  }
}

export function findServer(
  args: { readonly url?: string | undefined; readonly 'data-dir'?: string | undefined },
  env: Environment,
): Address {
  if (args.url !== undefined) return { url: args.url, from: 'given with --url' };
  const fromEnv = env[URL_VARIABLE];
  if (fromEnv !== undefined && fromEnv !== '') return { url: fromEnv, from: `given by ${URL_VARIABLE}` };
  const dataPath = resolve(args['data-dir'] ?? env[environmentName('data-dir')] ?? defaultDataPath(env));
  const holder = readHolder(dataPath);
  if (holder !== undefined && typeof holder.url === 'string' && isAlive(holder.pid))
    return { url: holder.url, from: `recorded in ${dataPath}` };
  return { url: DEFAULT_URL, from: `the default; no server uses ${dataPath}` };
}

/** Undefined for an address with a user, query or fragment as well: a password in it would end up in messages. */
function parseUrl(text: string): string | undefined {
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined;
  return url.username + url.password + url.search + url.hash === '' ? url.href.replace(/\/+$/, '') : undefined;
}

/** The address that a crashed server left behind is not used: another program may listen there by now. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** A client for a process of Bun, which sends even loopback requests, and with them the key, to the proxy of HTTP_PROXY. */
export const newClient = (options: Omit<ClientOptions, 'fetch'>): Client =>
  new Client({ ...options, fetch: (url, init) => fetch(url, isLocal(url) ? { ...init, ...DIRECT } : init) });

// The types of Bun lack `false`, the one value that means no proxy at all.
const DIRECT = { proxy: false } as unknown as { readonly proxy: string };

/** Whether the server sees the same files as we do. */
export const isLocal = (url: string): boolean => isLoopback(new URL(url).hostname);
