/** The head of a request as it goes out (RFC 9112, 3). */
import type { Field } from './fields.ts';

export interface RequestHead {
  readonly method: string;
  /** Path and query, as they go out. */
  readonly path: string;
  readonly fields: readonly Field[];
}

const METHOD = /^[!#$%&'*+.^_`|~\w-]+$/;
const PATH = /^\/[\x21-\x7e]*$/;
// What ends a line would make two of one.
const BREAKS_LINE = /[\r\n\0]/;

/** Undefined where it cannot be said in one request. */
export function requestHead({ method, path, fields }: RequestHead): Buffer | undefined {
  if (!METHOD.test(method) || !PATH.test(path)) return undefined;
  // Joined at the end: a string for each step would be thrown away.
  const parts = [method, ' ', path, ' HTTP/1.1\r\n'];
  for (const [name, value] of fields) {
    if (BREAKS_LINE.test(value)) return undefined;
    parts.push(name, ': ', value, '\r\n');
  }
  parts.push('\r\n');
  return Buffer.from(parts.join(''), 'latin1');
}
