/** The servers that a command line of `cp` names: one client for each. */
import type { Client } from '../../client/client.ts';
import { withClient, type CallOptions } from '../connection/connect.ts';

/** By the name of the profile; undefined for the server that other verbs would use. */
export type Servers = ReadonlyMap<string | undefined, Client>;

/** A failed call is reported in one line, with exit code 1. */
export function withServers(
  profiles: readonly (string | undefined)[],
  options: CallOptions,
  use: (servers: Servers) => Promise<number>,
  opened: Servers = new Map(),
): Promise<number> {
  const next = profiles.findIndex((profile) => !opened.has(profile));
  if (next < 0) return use(opened);
  const profile = profiles[next];
  return withClient(profile === undefined ? options : { profile, profileFrom: 'named before the path' }, (client) =>
    withServers(profiles, options, use, new Map([...opened, [profile, client]])),
  );
}
