/**
 * The JSON object in the body of a request: size, type, UTF-8, well-formedness. Every way to get it wrong is an
 * expected failure with a sentence that says so.
 */
import { fail, messageOf, ok, type Result } from '../../core/failure.ts';
import { invalidRequest } from '../../core/invalid-request.ts';
import { isRevoked } from '../caller.ts';
import type { WireFailure } from './failures.ts';

export const JSON_BODY_LIMIT = 1024 * 1024;

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * `declared`: only with `Content-Type: application/json`. `any`: whatever the request says, as on inherited routes.
 * `optional`: likewise, and no body at all counts as `{}`.
 */
export type ContentTypeRule = 'declared' | 'any' | 'optional';

export async function readJsonObject(
  request: Request,
  rule: ContentTypeRule,
  limit = JSON_BODY_LIMIT,
): Promise<Result<JsonObject, WireFailure>> {
  const read = await readJson(request, rule, limit);
  if (!read.ok) return read;
  return isJsonObject(read.value) ? ok(read.value) : invalidRequest('the body must be a JSON object');
}

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Any JSON. */
export async function readJson(
  request: Request,
  rule: ContentTypeRule,
  limit: number,
): Promise<Result<unknown, WireFailure>> {
  // What cannot be unpacked is told before what its type is.
  if (isPlain(request) && rule === 'declared' && contentTypeOf(request) !== 'application/json')
    return fail({ reason: 'content-type-refused' });
  const read = await readBytes(request, limit);
  if (!read.ok) return read;
  const bytes = read.value;
  if (rule === 'optional' && bytes.length === 0) return ok({});
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return invalidRequest('the body is not valid UTF-8');
  }
  try {
    return ok(JSON.parse(text) as unknown);
  } catch (error) {
    return invalidRequest(`the body is not JSON: ${messageOf(error)}`);
  }
}

/** The body as it is, whatever its type. */
export async function readBytes(request: Request, limit: number): Promise<Result<Uint8Array, WireFailure>> {
  const tooLarge = fail({ reason: 'body-too-large', limit } as const);
  if (!isPlain(request)) return fail({ reason: 'content-encoding-refused' });
  // Declared sizes are believed only when they are too large: nothing of such a body is read.
  if (Number(request.headers.get('content-length') ?? 0) > limit) return tooLarge;
  const bytes = await readUpTo(request, limit);
  if (isRevoked(request)) return fail({ reason: 'key-invalid' });
  if (bytes === 'gone') return invalidRequest('the body is incomplete');
  return bytes === 'too-large' ? tooLarge : ok(bytes);
}

/** The media type that the request declares, in lower case and without parameters. */
export const contentTypeOf = (request: Request): string | undefined =>
  request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();

/** A compressed body has another size than it says, and a small one may become a very large one: none is unpacked. */
export const isPlain = (request: Request): boolean =>
  ['', 'identity'].includes(request.headers.get('content-encoding')?.trim().toLowerCase() ?? '');

async function readUpTo(request: Request, limit: number): Promise<Uint8Array | 'too-large' | 'gone'> {
  // A declared length was checked already, and Bun holds a body to it.
  if (request.headers.has('content-length')) return request.bytes().catch(() => 'gone' as const);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of request.body ?? []) {
      size += chunk.length;
      if (size > limit) return 'too-large';
      chunks.push(chunk);
    }
  } catch {
    return 'gone';
  }
  return Buffer.concat(chunks);
}
