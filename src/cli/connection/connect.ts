/** A client of the server that a command line means, and the one line that says why a call did not succeed. */
import { Client, type ClientOptions } from '../../client/client.ts';
import { ClientError } from '../../client/failure.ts';
import { isLoopback } from '../../core/loopback.ts';
import { CLIENT_KEY_VARIABLE } from '../../platform/files/key-file.ts';
import { keyFilePath } from '../../platform/paths/index.ts';
import { PROGRAM } from '../command/program.ts';
import { JSON_ARG, type ArgsDef } from '../command/verb.ts';
import { complain } from '../output.ts';
import { explainClientError } from './client-failure.ts';
import { DATA_DIR_VARIABLE, KEY_FILE_VARIABLE, PROFILE_VARIABLE, URL_VARIABLE } from './precedence.ts';
import { DEFAULT_URL } from './server-address.ts';
import { chooseServer, type ConnectOptions, type ServerChoice } from './server-choice.ts';

export const CONNECT_ARGS = {
  url: {
    type: 'string',
    valueHint: 'URL',
    description: `Address of the server (${URL_VARIABLE}), such as ${DEFAULT_URL}.`,
  },
  profile: {
    type: 'string',
    valueHint: 'NAME',
    description: `Server and key that \`agent-server login\` saved under this name (${PROFILE_VARIABLE}).`,
  },
  'key-file': {
    type: 'string',
    valueHint: 'PATH',
    description: `File that holds the key (${KEY_FILE_VARIABLE}; the key itself: ${CLIENT_KEY_VARIABLE}).`,
  },
  'data-dir': {
    type: 'string',
    valueHint: 'PATH',
    description: `Data folder of the server to connect to, on this machine (${DATA_DIR_VARIABLE}).`,
  },
  ...JSON_ARG,
} as const satisfies ArgsDef;

export interface CallOptions extends ConnectOptions {
  /** What of the server the command line is about, such as a job's id. */
  readonly named?: string | undefined;
  /** What a refusal is about, such as a path: the line begins with it. */
  readonly about?: string | undefined;
}

/** Calls `use` with a client; a failed call is reported in one line, with exit code 1. */
export async function withClient(
  { named, about, ...args }: CallOptions,
  use: (client: Client) => Promise<number>,
): Promise<number> {
  const choice = chooseServer(args, process.env);
  if (!choice.ok) {
    complain(choice.failure.message);
    return 1;
  }
  const { url, key, keyFrom } = choice.value;
  if (key === undefined) {
    complain(noKey(choice.value));
    return 1;
  }
  try {
    return await use(newClient({ url, key }));
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    complain(
      (about !== undefined && error.reason === 'refused' ? `${about}: ` : '') +
        explainClientError(error, { keyFrom, named }) +
        (error.reason === 'unreachable' ? unreachableHint(choice.value) : ''),
    );
    return 1;
  }
}

export const noKey = ({ url, by }: ServerChoice): string =>
  by === 'here'
    ? `there is no API key yet in ${keyFilePath(process.env)}; start a server, which creates one: ${PROGRAM} serve (or use another server: ${PROGRAM} login NAME URL)`
    : `there is no API key for ${url}; set ${CLIENT_KEY_VARIABLE}, give --key-file, or keep it in a profile: ${PROGRAM} login NAME ${url}`;

const unreachableHint = ({ url, from }: ServerChoice): string =>
  isLocal(url)
    ? ` (${from}). Start a server with: ${PROGRAM} serve`
    : ` (${from}). Check that a server runs there, and that this address leads to it`;

/** A client for a process of Bun, which sends even loopback requests, and with them the key, to the proxy of HTTP_PROXY. */
export const newClient = (options: Omit<ClientOptions, 'fetch'>): Client =>
  new Client({ ...options, fetch: fetchFrom });

/** The request, without a proxy on the way to this machine. */
export const fetchFrom = (url: string, init: RequestInit): Promise<Response> =>
  fetch(url, isLocal(url) ? { ...init, ...DIRECT } : init);

// The types of Bun lack `false`, the one value that means no proxy at all.
const DIRECT = { proxy: false } as unknown as { readonly proxy: string };

/** Whether the server sees the same files as we do. */
export const isLocal = (url: string): boolean => isLoopback(new URL(url).hostname);
