/** `Content-Digest` of a request (RFC 9530): what its body must hash to. */
import { ok, type Result } from '../../core/failure.ts';
import { invalidRequest, type InvalidRequest } from '../../core/invalid-request.ts';

const SHA_256 = /^sha-256=:([A-Za-z\d+/]{43}=):$/i;

/** SHA-256 in hexadecimal; undefined where none is asked for. Other algorithms beside it are not looked at. */
export function digestIn(field: string | undefined): Result<string | undefined, InvalidRequest> {
  if (field === undefined) return ok(undefined);
  // Of a name that is given twice the last one counts (RFC 9651, 4.2.2).
  const base64 = field
    .split(',')
    .flatMap((one) => SHA_256.exec(one.trim())?.[1] ?? [])
    .at(-1);
  return base64 === undefined
    ? invalidRequest('Content-Digest must be sha-256=:…: with the SHA-256 of the body in base64')
    : ok(Buffer.from(base64, 'base64').toString('hex'));
}
