/**
 * What a browser gets of the headers of a target on an origin of its own. What a target says there of itself is its own affair, but
 * for what would outlast it or reach further than this host: other ports have sibling names, and cookies of one domain are theirs, too.
 */
import type { Field } from '../../../ports/http/fields.ts';
import { isPortCookie } from './cookies.ts';
import { hopByHop } from './hop-by-hop.ts';
import { isTarget } from './target-names.ts';

/** They bind this name to what a target says of itself, or clear what other ports keep. */
const DROPPED = new Set(['alt-svc', 'clear-site-data', 'nel', 'report-to', 'strict-transport-security']);

export interface OriginAnswered {
  readonly fields: readonly Field[];
  readonly port: number;
  /** Such as `http://p3000.localhost:8585`. */
  readonly origin: string;
}

export function originHeaders({ fields, port, origin }: OriginAnswered): Headers {
  const dropped = hopByHop(fields);
  const passed = new Headers();
  for (const [name, value] of fields) {
    if (dropped.has(name) || DROPPED.has(name)) continue;
    if (name === 'location') passed.set(name, atOrigin(value, port, origin));
    else if (name !== 'set-cookie') passed.append(name, value);
    else if (!isPortCookie(value.split(';', 1)[0] ?? '')) passed.append(name, ofThisHost(value));
  }
  return passed;
}

/** Where the target means itself, the same of ours. */
function atOrigin(location: string, port: number, origin: string): string {
  const url = /^https?:\/\//i.test(location) ? URL.parse(location) : null;
  return url !== null && isTarget(url, port) ? `${origin}${url.pathname}${url.search}${url.hash}` : location;
}

/** Whatever `Domain` it names: what a browser may not take from the target, it may not spread over its siblings either. */
const ofThisHost = (cookie: string): string =>
  cookie
    .split(';')
    .filter((attribute, index) => index === 0 || attribute.split('=', 1)[0]?.trim().toLowerCase() !== 'domain')
    .join(';');
