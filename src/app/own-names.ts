/** Names and addresses under which this server may be addressed. */
import { hostname, networkInterfaces } from 'node:os';
import type { Environment } from '../core/environment.ts';
import type { Config } from '../settings/config.ts';
import { machineName } from './machine-name.ts';

const WILDCARDS = new Set(['0.0.0.0', '::', '[::]']);

/** Where a tunnel that was opened before this server leads to: its public names are ours. */
const TUNNEL_VARIABLES = ['DEVPILOT_TUNNEL_URL', 'DEVPILOT_TERMINAL_URL'];

/** Lower-case host names. */
export function ownHosts({ settings, allowedHosts }: Config, env: Environment): string[] {
  const { host } = settings;
  const tunnel = TUNNEL_VARIABLES.flatMap((name) => URL.parse(env[name] ?? '')?.hostname ?? []);
  const bound = WILDCARDS.has(host) ? [hostname(), machineName(env)] : [urlHost(host)];
  return [...allowedHosts, ...[...bound, ...tunnel].map((name) => name.toLowerCase())];
}

/**
 * Where the server listens on every address of this machine, each of them: an address cannot be rebound by a foreign
 * name server, unlike a name. Looked up when asked, since a VPN may come up later.
 */
export function ownAddresses({ settings }: Config): () => readonly string[] {
  if (!WILDCARDS.has(settings.host)) return () => [];
  return () =>
    Object.values(networkInterfaces()).flatMap((list) =>
      (list ?? []).map(({ address }) => urlHost(address).toLowerCase()),
    );
}

/** An address as it stands in a URL; a wildcard is reached through loopback. */
export function urlHost(host: string): string {
  if (WILDCARDS.has(host)) return '127.0.0.1';
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}
