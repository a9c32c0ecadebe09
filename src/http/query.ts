/** Query parameters as numbers and words, or a sentence that says what they must be. */
import { fail, ok, type Result } from '../core/failure.ts';
import type { HttpFailure } from './failures.ts';

const invalid = (detail: string) => fail({ reason: 'request-invalid', detail });

/** Undefined when the parameter is absent. */
export function integerIn(
  query: URLSearchParams,
  name: string,
  min: number,
  max: number,
): Result<number | undefined, HttpFailure> {
  const text = query.get(name);
  if (text === null) return ok(undefined);
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? ok(value) : invalid(`${name} must be a whole number from ${min} to ${max}`);
}

/** Like `integerIn`, with fractions: `wait=0.5` is half a second. */
export function secondsIn(query: URLSearchParams, name: string, max: number): Result<number | undefined, HttpFailure> {
  const text = query.get(name);
  if (text === null) return ok(undefined);
  const value = /^\d{1,6}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  return value <= max ? ok(value) : invalid(`${name} must be a number of seconds from 0 to ${max}`);
}

export function wordIn<const T extends string>(
  query: URLSearchParams,
  name: string,
  words: readonly T[],
): Result<T | undefined, HttpFailure> {
  const text = query.get(name);
  if (text === null) return ok(undefined);
  const word = words.find((one) => one === text);
  return word === undefined ? invalid(`${name} must be one of ${words.join(', ')}`) : ok(word);
}
