/** What requests that write have in common: mode, and what they expect of what is there. */
import Type from 'typebox';
import { ok, type Result } from '../../core/failure.ts';
import { invalidRequest, type InvalidRequest } from '../../core/invalid-request.ts';
import type { Expected } from '../../files/write/write-failure.ts';
import { names } from './preconditions.ts';

export const FLAG = Type.Enum(['0', '1']);

export const MODE_WORDS = 'Permission bits in octal, `0000` to `0777`, set exactly.';

/** Undefined where none is given. */
export function modeIn(text: string | undefined): Result<number | undefined, InvalidRequest> {
  if (text === undefined) return ok(undefined);
  return /^0?[0-7]{3}$/.test(text)
    ? ok(Number.parseInt(text, 8))
    : invalidRequest('mode must be permission bits in octal, 0000 to 0777');
}

/** Unix seconds of the wire as whole Unix milliseconds. */
export const millisecondsIn = (seconds: number | undefined): number | undefined =>
  seconds === undefined ? undefined : Math.round(seconds * 1000);

export function expectedIn(
  ifMatch: string | undefined,
  ifNoneMatch: string | undefined,
): Result<Expected | undefined, InvalidRequest> {
  if (ifNoneMatch === undefined) return ok(ifMatch === undefined ? undefined : (version) => names(ifMatch, version));
  if (ifMatch !== undefined) return invalidRequest('give If-Match or If-None-Match, not both');
  return ifNoneMatch.trim() === '*' ? ok('none') : invalidRequest('If-None-Match must be *');
}
