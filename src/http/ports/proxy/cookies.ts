/**
 * The cookies that stand for leave to see a port in a browser: no target gets one, and none may set one. With the prefix a browser
 * takes it only over https and from the very host (RFC 6265bis, 4.1.3), so that no other port of the machine can put one there.
 */
const NAME = 'agent-server-port';

export const portCookieName = (scheme: 'http' | 'https'): string => (scheme === 'https' ? `__Host-${NAME}` : NAME);

const NAMES: ReadonlySet<string> = new Set([NAME, `__host-${NAME}`]);

/** Of `name=value`; a browser reads `=name=value` as a cookie without a name, and sends it as `name=value`. */
const nameOf = (pair: string): string => pair.trim().replace(/^=+/, '').split('=', 1)[0]?.trim() ?? '';

/** Whether that pair, in whatever letter case, would be one of ours. */
export const isPortCookie = (pair: string): boolean => NAMES.has(nameOf(pair).toLowerCase());

/** The values of all cookies of that name: another host may have set one for its whole domain. */
export const cookieValues = (header: string | null, name: string): string[] =>
  (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
