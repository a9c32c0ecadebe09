/**
 * The JSON body of a request: size, type, UTF-8, well-formedness. Every way to get it wrong is an
 * expected failure with a sentence that says so.
 */
import { fail, messageOf, ok, type Result } from '../core/failure.ts';
import type { HttpFailure } from './failures.ts';

export const JSON_BODY_LIMIT = 1024 * 1024;

export type JsonObject = Readonly<Record<string, unknown>>;

export interface BodyOptions {
  /** Whether a text may hold NUL: a terminal takes it, as Ctrl-Space. Default: no. */
  readonly nul?: boolean;
}

export async function readJsonObject(
  request: Request,
  { nul = false }: BodyOptions = {},
): Promise<Result<JsonObject, HttpFailure>> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') return fail({ reason: 'content-type-refused' });
  // Declared sizes are believed only when they are too large: nothing of such a body is read.
  if (Number(request.headers.get('content-length') ?? 0) > JSON_BODY_LIMIT) return tooLarge;
  const bytes = await readUpTo(request, JSON_BODY_LIMIT);
  if (bytes === 'gone') return invalid('the body did not arrive whole');
  if (bytes === 'too-large') return tooLarge;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return invalid('the body is not valid UTF-8');
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return invalid(`the body is not JSON: ${messageOf(error)}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return invalid('the body must be a JSON object');
  const flaw = textFlaw(value, nul);
  return flaw === undefined ? ok(value as JsonObject) : invalid(flaw);
}

const tooLarge = fail({ reason: 'body-too-large', limit: JSON_BODY_LIMIT });
const invalid = (detail: string) => fail({ reason: 'request-invalid', detail });

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

/**
 * What no file name, argument or environment can hold, and what would be lost on the way back to the
 * caller: NUL and lone surrogates, anywhere in the document.
 */
function textFlaw(value: unknown, nul: boolean, depth = 0): string | undefined {
  if (typeof value === 'string') {
    if (!nul && value.includes('\0')) return 'a text contains a NUL character';
    return value.isWellFormed() ? undefined : 'a text contains half of a surrogate pair';
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth === 64) return 'the body is nested too deeply';
  for (const [name, part] of Object.entries(value)) {
    const flaw = textFlaw(name, nul, depth + 1) ?? textFlaw(part, nul, depth + 1);
    if (flaw !== undefined) return flaw;
  }
  return undefined;
}
