/** One parameter of a path, a query or a header: text read as its shape says, or a sentence that says what it must be. */
import type { TSchema } from 'typebox';
import { ok, type Result } from '../../core/failure.ts';
import { invalidRequest, type InvalidRequest } from '../../core/invalid-request.ts';

/** The keywords of JSON Schema that parameters are stated with. */
interface Shape {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
}

/** A parameter of a query that may be given more than once: a list of texts. */
export function readParameters(
  name: string,
  schema: TSchema,
  texts: readonly string[],
): Result<readonly string[], InvalidRequest> {
  const { maxItems = Infinity } = schema as Shape;
  return texts.length > maxItems ? invalidRequest(`${name} may be given ${maxItems} times at most`) : ok(texts);
}

export function readParameter(
  name: string,
  schema: TSchema,
  text: string,
): Result<string | number | boolean, InvalidRequest> {
  const { type, enum: words, minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = schema as Shape;
  const invalid = (must: string) => invalidRequest(`${name} must be ${must}`);
  if (words !== undefined) return words.includes(text) ? ok(text) : invalid(`one of ${words.join(', ')}`);
  if (type === 'boolean') return ['true', 'false'].includes(text) ? ok(text === 'true') : invalid('true or false');
  if (type === 'integer') {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    return value >= minimum && value <= maximum ? ok(value) : invalid(`a whole number from ${minimum} to ${maximum}`);
  }
  if (type === 'number') {
    const value = /^\d{1,12}(\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN;
    return value >= minimum && value <= maximum
      ? ok(value)
      : invalid(`a number of seconds from ${minimum} to ${maximum}`);
  }
  return ok(text);
}
