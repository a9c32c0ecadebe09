/** Names and ids that the completion of a shell can offer, asked of the server that the command line means. */
import type { Client } from '../../client/client.ts';
import type { NamedThing } from '../command/verb.ts';
import { newClient } from '../connection/connect.ts';
import { readProfiles } from '../connection/profiles-file.ts';
import { chooseServer, type ConnectOptions } from '../connection/server-choice.ts';
import type { Candidate } from './candidates.ts';
import { pathsFrom, type PathKind } from './paths.ts';

/** A person waits for it with a finger on the Tab key. */
const ANSWER_TIMEOUT_MS = 1000;
/** A line ends a candidate and a tab its name, other control characters would move the cursor; a dash begins an option. */
const UNUSABLE = /^-|\p{Cc}|^$/u;
const CONNECT_OPTIONS = ['url', 'profile', 'key-file', 'data-dir'] as const;

type OfServer = Exclude<NamedThing, 'profile' | PathKind>;

/** Nothing where the server does not answer: a shell must not show an error there. */
export async function namedThings(
  kind: NamedThing,
  words: readonly string[],
  begun: string,
): Promise<readonly Candidate[]> {
  try {
    const found = await thingsOf(kind, words, begun);
    return found.filter(({ value }) => !UNUSABLE.test(value));
  } catch {
    return [];
  }
}

function thingsOf(kind: NamedThing, words: readonly string[], begun: string): Candidate[] | Promise<Candidate[]> {
  if (kind === 'profile') return profiles();
  if (kind !== 'path' && kind !== 'path-or-here') return ofServer(kind, words);
  // Of one that is not named yet, names of servers come first; where nothing is typed at all, `cp` means files here.
  const isNamed = begun.includes(':') || begun.includes('/');
  if (isNamed) return pathsFrom(kind, begun, connectOptionsOf(words));
  const servers = profiles().map(({ value, meaning = '' }) => ({ value: `${value}:`, meaning }));
  return kind === 'path' ? [...servers, { value: '/' }] : begun === '' ? [] : servers;
}

function profiles(): Candidate[] {
  const kept = readProfiles(process.env);
  return kept.ok ? [...kept.value.profiles].map(([name, { url }]) => ({ value: name, meaning: url })) : [];
}

async function ofServer(kind: OfServer, words: readonly string[]): Promise<Candidate[]> {
  const choice = chooseServer(connectOptionsOf(words), process.env);
  if (!choice.ok) return [];
  const { url, key } = choice.value;
  return LISTS[kind](newClient({ url, key, timeoutMs: ANSWER_TIMEOUT_MS, retryForMs: 0 }));
}

const LISTS: Readonly<Record<OfServer, (client: Client) => Promise<Candidate[]>>> = {
  job: async (client) =>
    (await client.jobs({ limit: 20, tailLines: 0 })).map((job) => ({
      value: job.jobId,
      meaning: `${job.status}: ${job.command}`,
    })),
  terminal: async (client) =>
    (await client.terminals.list()).map(({ name, id, status }) => ({ value: name ?? id, meaning: status })),
  'shell-session': async (client) =>
    (await client.sessions()).map(({ sessionKey, shell, status }) => ({
      value: sessionKey,
      meaning: `${shell}, ${status}`,
    })),
  agent: async (client) =>
    (await client.agents.known()).map(({ id, name, installed }) => ({
      value: id,
      meaning: installed ? name : `${name}, not installed`,
    })),
  key: async (client) =>
    (await client.keys.list()).map(({ name, scopes }) => ({ value: name, meaning: scopes.join(', ') })),
  'agent-session': async (client) =>
    (await client.agents.list()).map(({ id, state }) => ({ value: id, meaning: state })),
};

function connectOptionsOf(words: readonly string[]): ConnectOptions {
  const given = CONNECT_OPTIONS.flatMap((name) => {
    const at = words.indexOf(`--${name}`);
    const joined = words.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
    const value = joined ?? (at >= 0 ? words[at + 1] : undefined);
    return value === undefined || value === '' ? [] : [[name, value]];
  });
  return Object.fromEntries(given) as ConnectOptions;
}
