/**
 * From where a browser may ask for something on the origin of a port: from that origin itself. Everything else, a page of another
 * port too, may lead a whole tab there and no more, so that it can neither read nor send in the name of whoever has a cookie.
 */
import type { PortHost } from './port-host.ts';

/** Of a request that is no upgrade, `Origin` may be missing: a browser sends none with what only looks. */
export function isForeign(request: Request, { origin }: PortHost, isUpgrade: boolean): boolean {
  const { headers, method } = request;
  const from = headers.get('origin');
  if (from === null ? isUpgrade : from !== origin) return true;
  // Fetch metadata (https://www.w3.org/TR/fetch-metadata/); a browser keeps it to itself where it is asked over plain http elsewhere.
  const site = headers.get('sec-fetch-site');
  if (site === null || site === 'same-origin' || site === 'none') return false;
  const isWholeTab = headers.get('sec-fetch-mode') === 'navigate' && headers.get('sec-fetch-dest') === 'document';
  return isUpgrade || method !== 'GET' || !isWholeTab;
}
