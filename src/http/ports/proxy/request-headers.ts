/**
 * What a target gets of the headers of a request: none that are about the connection to us, nothing that opens this server, and
 * as if it had been asked under its own name. Who asked it is in `X-Forwarded-…`, which are ours alone: what a client says there
 * of itself is dropped.
 */
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
  'x-api-key',
  'x-tunnel-authorization',
  'forwarded',
  'x-real-ip',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-forwarded-server',
]);

export function requestHeaders({ headers, port, prefix, ownAuthorization, peer, keepHost, seenAs }: Asked): Headers {
  const dropped = hopByHop(headers);
  const passed = new Headers();
  for (const [name, value] of headers) if (!dropped.has(name) && !DROPPED.has(name)) passed.append(name, value);
  if (ownAuthorization) passed.delete('authorization');
  withoutOurCookies(passed);
  const given = headers.get('host') ?? '';
  const { authority: host, scheme } = seenAs ?? { authority: given, scheme: 'http' };
  if (!keepHost) {
    passed.set('host', `localhost:${port}`);
    asIfOfTarget(passed, host, `http://localhost:${port}`, prefix);
  } else passed.set('host', given);
  // What was not said must not be said for the client: fetch would ask for every encoding that it knows itself.
  if (!passed.has('accept-encoding')) passed.set('accept-encoding', 'identity');
  if (peer !== undefined) passed.set('x-forwarded-for', peer);
  passed.set('x-forwarded-host', host);
  passed.set('x-forwarded-proto', scheme);
  if (prefix !== '') passed.set('x-forwarded-prefix', prefix);
  return passed;
}

/** `Origin` and `Referer` of our host; those of others stay. */
function asIfOfTarget(headers: Headers, host: string, target: string, prefix: string): void {
  const origin = urlIn(headers, 'origin');
  if (origin?.host === host) headers.set('origin', target);
  const referer = urlIn(headers, 'referer');
  if (referer?.host !== host) return;
  const path = `${referer.pathname}${referer.search}`;
  headers.set('referer', `${target}${path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path}`);
}

/** Null where there is none; to parse what is not there costs as much as all other headers. */
function urlIn(headers: Headers, name: 'origin' | 'referer'): URL | null {
  const text = headers.get(name);
  return text === null ? null : URL.parse(text);
}

function withoutOurCookies(headers: Headers): void {
  const cookies = headers.get('cookie');
  if (cookies === null) return;
  const kept = cookies.split(';').filter((cookie) => !isPortCookie(cookie));
  if (kept.length === 0) headers.delete('cookie');
  else headers.set('cookie', kept.join(';').trim());
}
