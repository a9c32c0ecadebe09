/** Headers that are about one connection, and end with it (RFC 9110, 7.6.1): those listed here, and those that `Connection` names. */
const ALWAYS = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

export function hopByHop(headers: Headers): ReadonlySet<string> {
  const named = (headers.get('connection') ?? '').split(',').map((name) => name.trim().toLowerCase());
  return new Set([...ALWAYS, ...named]);
}
