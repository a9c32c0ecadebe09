/** Which file a request is about, and what its caller may use. */
import Type from 'typebox';
import { fail, ok, type Result } from '../../core/failure.ts';
import type { GivenPath, PlaceFailure, Places, Reach } from '../../files/place.ts';
import { callerOf } from '../caller.ts';
import { INHERITED_KEY_ID } from '../keyring.ts';
import { refusal } from '../wire/answers.ts';

export const WHICH = {
  path: Type.Optional(Type.String({ description: 'The absolute path, in the form of the machine.' })),
  pathBytes: Type.Optional(
    Type.String({
      description: 'The path in base64, in place of `path`, where names in it are no UTF-8. Not on Windows.',
    }),
  ),
};

/** Only the inherited key, which can do everything anyhow, may use the server's own files. */
export function reachOf(places: Places, request: Request): Reach {
  const caller = callerOf(request);
  return places.reach({ roots: caller?.roots, mayUseOwn: caller?.keyId === INHERITED_KEY_ID });
}

interface GivenPaths {
  readonly path?: string;
  readonly pathBytes?: string;
}

export const givenPath = ({ path, pathBytes }: GivenPaths): Result<GivenPath, PlaceFailure> =>
  givenAs('path', path, pathBytes);

interface GivenSource {
  readonly from?: string;
  readonly fromBytes?: string;
}

export const givenSource = ({ from, fromBytes }: GivenSource): Result<GivenPath, PlaceFailure> =>
  givenAs('from', from, fromBytes);

function givenAs(field: string, text: string | undefined, base64: string | undefined): Result<GivenPath, PlaceFailure> {
  const invalid = (detail: string) => fail({ reason: 'path-invalid', detail } as const);
  if (text !== undefined && base64 !== undefined) return invalid(`give ${field} or ${field}Bytes, not both`);
  if (text !== undefined) return ok({ text });
  if (base64 === undefined) return invalid(`${field} is missing`);
  const bytes = Buffer.from(base64, 'base64');
  // Buffer skips what is no base64.
  return bytes.toString('base64') === base64
    ? ok({ bytes })
    : invalid(`${field}Bytes must be base64, with its padding`);
}

export const PATH_INVALID = refusal('A parameter is not valid, or the path is refused.');
export const NOT_ALLOWED = refusal('The path is outside of the roots, or the system does not permit it.');
export const NOT_THERE = refusal('There is no such file or folder.');
