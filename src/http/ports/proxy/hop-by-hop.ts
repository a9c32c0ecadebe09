/** Header fields that are about one connection, and end with it (RFC 9110, 7.6.1): those listed here, and those that `Connection` names. */
import type { Field } from '../../../ports/http/fields.ts';

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

export function hopByHop(fields: readonly Field[]): ReadonlySet<string> {
  let all: Set<string> | undefined;
  for (const [name, value] of fields) {
    // Mostly it names none: every request that is passed on asks twice.
    if (name !== 'connection' || /^(?:keep-alive|close)$/i.test(value)) continue;
    all ??= new Set(ALWAYS);
    for (const named of value.split(',')) all.add(named.trim().toLowerCase());
  }
  return all ?? ALONE;
}
