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

const ALONE: ReadonlySet<string> = new Set(ALWAYS);

export function hopByHop(headers: Headers): ReadonlySet<string> {
  const connection = headers.get('connection');
  // Mostly it names none: every request that is passed on asks twice.
  if (connection === null || connection.toLowerCase() === 'keep-alive') return ALONE;
  const named = connection.split(',').map((name) => name.trim().toLowerCase());
  return new Set([...ALWAYS, ...named]);
}
