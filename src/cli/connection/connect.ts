/**
 * Which server a verb speaks to, and with what key. There is no flag for the key: every user of the
 * machine can read the command lines of its processes.
 */
import { resolve } from 'node:path';
import { Client } from '../../client/client.ts';
import { ClientError } from '../../client/failure.ts';
import { codeOf } from '../../core/failure.ts';
import { readHolder } from '../../platform/files/data-lock.ts';
import { findApiKey, KEY_VARIABLES } from '../../platform/files/key-file.ts';
import { defaultDataPath, keyFilePath } from '../../platform/paths.ts';
import { environmentName } from '../../settings/all.ts';
import { explainClientError } from './client-failure.ts';
import { complain } from '../output.ts';
import { JSON_ARG, type ArgsDef } from '../command/verb.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const URL_VARIABLE = 'AGENT_SERVER_URL';
const DEFAULT_URL = 'http://127.0.0.1:8585';

export const CONNECT_ARGS = {
  url: {
    type: 'string',
    valueHint: 'URL',
    description: `Address of the server (${URL_VARIABLE}). Default: the server that runs on the data folder, else ${DEFAULT_URL}. The key comes from ${KEY_VARIABLES[0]} or the key file.`,
  },
  'data-dir': {
    type: 'string',
    valueHint: 'PATH',
    description: `Data folder of the server to speak to (${environmentName('data-dir')}).`,
  },
  ...JSON_ARG,
} as const satisfies ArgsDef;

export interface Address {
  readonly url: string;
  /** Where it was taken from, for the one whose server is not found. */
  readonly from: string;
}

/** Runs `use` with a client; what goes wrong on the way is told in one line, exit code 1. */
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
      `there is no API key: set ${KEY_VARIABLES[0]}, or start a server here once, which keeps one in ${keyFilePath(process.env)}`,
    );
    return 1;
  }
  try {
    return await use(new Client({ url: parsed, key }));
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    const hint = error.reason === 'unreachable' ? ` (${address.from}). Start a server with: agent-server serve` : '';
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
    return { url: holder.url, from: `noted in ${dataPath}` };
  return { url: DEFAULT_URL, from: `the default; no server runs on ${dataPath}` };
}

/** Without what an address may not hold: a password in it would end up in messages. */
function parseUrl(text: string): string | undefined {
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined;
  return url.username + url.password + url.search + url.hash === '' ? url.href.replace(/\/+$/, '') : undefined;
}

/** A note of a server that is gone must not send anybody to whoever has its port now. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** Whether the server sees the same files as we do. */
export const isLocal = (url: string): boolean => /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(new URL(url).hostname);
