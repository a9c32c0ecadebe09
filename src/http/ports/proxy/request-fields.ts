/**
 * What a target gets of the headers of a request: none that are about the connection to us, nothing that opens this server, and
 * as if it had been asked under its own name. Who asked it is in `X-Forwarded-…`, which are ours alone: what a client says there
 * of itself is dropped.
 */
import type { Field } from '../../../ports/http/fields.ts';
import { isPortCookie } from './cookies.ts';
import { hopByHop } from './hop-by-hop.ts';

export interface Asked {
  readonly headers: Headers;
  readonly port: number;
  /** What our path has before that of the target, such as `/ports/3000`. */
  readonly prefix: string;
  /** Whether `Authorization` holds a key of this server. */
  readonly ownAuthorization: boolean;
  readonly peer: string | undefined;
  /** Leaves `Host`, `Origin` and `Referer` as they are. */
  readonly keepHost: boolean;
  /** How a browser addresses the port, where that has an origin of its own. Default: as the Host says, over http. */
  readonly seenAs?: { readonly authority: string; readonly scheme: 'http' | 'https' };
}

const DROPPED = new Set([
  // Bun has said to the client that it may go on.
  'expect',
  'forwarded',
  'host',
  'x-api-key',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-forwarded-proto',
  'x-forwarded-server',
  'x-real-ip',
  'x-tunnel-authorization',
]);

export function requestFields({ headers, port, prefix, ownAuthorization, peer, keepHost, seenAs }: Asked): Field[] {
  const given = headers.get('host') ?? '';
  const { authority: host, scheme } = seenAs ?? { authority: given, scheme: 'http' };
  const target = `localhost:${port}`;
  const passed: Field[] = [['host', keepHost ? given : target]];
  const connection = headers.get('connection');
  const dropped = hopByHop(connection === null ? [] : [['connection', connection]]);
  // Half as much to throw away as an iterator has.
  headers.forEach((value, name) => {
    if (dropped.has(name) || DROPPED.has(name) || (ownAuthorization && name === 'authorization')) return;
    if (name === 'cookie') passed.push(...withoutOurs(value));
    else if (name === 'origin' && !keepHost) passed.push([name, originOf(value, host, target)]);
    else if (name === 'referer' && !keepHost) passed.push([name, refererOf(value, host, target, prefix)]);
    else passed.push([name, value]);
  });
  if (peer !== undefined) passed.push(['x-forwarded-for', peer]);
  passed.push(['x-forwarded-host', host], ['x-forwarded-proto', scheme]);
  if (prefix !== '') passed.push(['x-forwarded-prefix', prefix]);
  return passed;
}

/** Of our host, that of the target; of others as it is. */
const originOf = (origin: string, host: string, target: string): string =>
  URL.parse(origin)?.host === host ? `http://${target}` : origin;

function refererOf(referer: string, host: string, target: string, prefix: string): string {
  const url = URL.parse(referer);
  if (url?.host !== host) return referer;
  const path = `${url.pathname}${url.search}`;
  return `http://${target}${path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path}`;
}

function withoutOurs(cookies: string): Field[] {
  const kept = cookies.split(';').filter((cookie) => !isPortCookie(cookie));
  return kept.length === 0 ? [] : [['cookie', kept.join(';').trim()]];
}
