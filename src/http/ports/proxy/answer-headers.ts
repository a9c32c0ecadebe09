/**
 * What a client gets of the headers of a target below `/ports/{port}/`. That path is on the origin of the console: whatever a
 * target sends is sandboxed there, and headers that would act on the whole origin are left out.
 */
import type { Field } from '../../../ports/http/fields.ts';
import { isPortCookie } from './cookies.ts';
import { hopByHop } from './hop-by-hop.ts';
import { originHeaders } from './origin-headers.ts';
import { isTarget, TARGET_NAMES } from './target-names.ts';

/** They would clear what the console keeps, or bind its address to what a target says of itself. */
const OF_THE_ORIGIN = new Set([
  'alt-svc',
  'clear-site-data',
  'nel',
  'origin-agent-cluster',
  'report-to',
  'reporting-endpoints',
  'service-worker-allowed',
  'strict-transport-security',
]);

export interface Answered {
  readonly fields: readonly Field[];
  readonly port: number;
  readonly prefix: string;
  /** Path and query that the target was asked for: its redirect may be relative to them. */
  readonly rest: string;
  /** The Host that we were asked for: a target that was told of it may redirect there. */
  readonly host: string;
  /** The origin that the port has for itself (origin-headers.ts). Default: it is below a path of the console's. */
  readonly origin?: string | undefined;
}

export function answerHeaders({ fields, port, prefix, rest, host, origin }: Answered): Headers {
  if (origin !== undefined) return originHeaders({ fields, port, origin });
  const dropped = hopByHop(fields);
  const passed = new Headers();
  for (const [name, value] of fields) {
    if (dropped.has(name) || OF_THE_ORIGIN.has(name)) continue;
    if (name === 'location') passed.set(name, locationOf(value, { port, prefix, rest, host }));
    else if (name !== 'set-cookie') passed.append(name, value);
    else if (!isPortCookie(value.split(';', 1)[0] ?? '')) passed.append(name, cookieOf(value, prefix));
  }
  return sandboxed(passed);
}

/** What is sent there has no origin, and is what it is declared as. Several policies apply all. */
export function sandboxed(headers: Headers): Headers {
  headers.append('content-security-policy', 'sandbox');
  headers.set('x-content-type-options', 'nosniff');
  return headers;
}

/** Where the target means itself, the place of the same below our path; elsewhere as it is. */
export function locationOf(location: string, asked: Omit<Answered, 'fields' | 'origin'>): string {
  const { port, prefix, rest, host } = asked;
  const passed = passedLocation(location, asked);
  if (CLIENTS.every((client) => staysBelow(passed, `${client}${prefix}${rest}`, prefix))) return passed;
  // `../../jobs`: a client would ask this server for it, with its key. To the target, nothing is above its root.
  const meant = URL.parse(location, `http://localhost:${port}${rest}`);
  const isOwn = meant !== null && (isTarget(meant, port) || meant.host === host);
  return isOwn ? below(pathIn(meant), prefix) : `${prefix}/`;
}

function passedLocation(location: string, { port, prefix, host }: Omit<Answered, 'fields' | 'origin'>): string {
  const absolute = /^https?:\/\//i.test(location) ? URL.parse(location) : null;
  if (absolute !== null)
    return isTarget(absolute, port) || absolute.host === host ? below(pathIn(absolute), prefix) : location;
  // `//elsewhere/` is another host; what is no path from the root is relative, and stays so.
  return location.startsWith('/') && !/^\/[/\\]/.test(location) ? below(location, prefix) : location;
}

/** As which a client may know this server: what it makes of an address without a host depends on the scheme. */
const CLIENTS = ['http://client.invalid', 'https://client.invalid'] as const;

/** Not where it leads back to this server beside the port. */
function staysBelow(location: string, asked: string, prefix: string): boolean {
  const url = URL.parse(location, asked);
  return url?.hostname !== 'client.invalid' || url.pathname.startsWith(`${prefix}/`);
}

const pathIn = ({ pathname, search, hash }: URL): string => `${pathname}${search}${hash}`;

const below = (path: string, prefix: string): string => (path.startsWith(`${prefix}/`) ? path : `${prefix}${path}`);

/** `Domain` of the target would be refused by a browser that asked us; `Path` is ours. */
export function cookieOf(cookie: string, prefix: string): string {
  const [pair = '', ...attributes] = cookie.split(';');
  const kept = attributes.flatMap((attribute) => {
    const [name = '', value = ''] = attribute.split('=', 2).map((part) => part.trim());
    if (name.toLowerCase() === 'domain')
      return TARGET_NAMES.has(value.replace(/^\./, '').toLowerCase()) ? [] : [attribute];
    return name.toLowerCase() === 'path' && value.startsWith('/') ? [` Path=${below(value, prefix)}`] : [attribute];
  });
  return [pair, ...kept].join(';');
}
