/** The address of a server as a user writes it. */
export const DEFAULT_URL = 'http://127.0.0.1:8585';

/** What an address must be, for the message that refuses one. */
export const ADDRESS_RULE = `must look like ${DEFAULT_URL}, without user, query or fragment`;

/** Undefined for an address with a user, query or fragment as well: a password in it would end up in messages. */
export function parseUrl(text: string): string | undefined {
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined;
  return url.username + url.password + url.search + url.hash === '' ? url.href.replace(/\/+$/, '') : undefined;
}
