/** The two places that a move or a copy is about. */
import { ok, type Result } from '../../core/failure.ts';
import type { Place, Places, Reach } from '../../files/place.ts';
import { placeToMake } from '../../files/write/place-to-make.ts';
import type { WriteFailure } from '../../files/write/write-failure.ts';
import type { CopyRequest } from '../../protocol/files/write.ts';
import { givenSource, reachOf } from './which.ts';

interface FromTo {
  readonly reach: Reach;
  readonly source: Place;
  readonly target: Place;
}

export function placesIn(
  places: Places,
  request: Request,
  { to, ...from }: Pick<CopyRequest, 'from' | 'fromBytes' | 'to'>,
): Result<FromTo, WriteFailure> {
  const given = givenSource(from);
  if (!given.ok) return given;
  const reach = reachOf(places, request);
  const source = reach.find(given.value, false);
  if (!source.ok) return source;
  const target = placeToMake(reach, { text: to }, false);
  return target.ok ? ok({ reach, source: source.value, target: target.value }) : target;
}
