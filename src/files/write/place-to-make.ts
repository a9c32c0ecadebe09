/** A place where something may be made: what is missing there can only be the folder that it should be in. */
import { fail, type Result } from '../../core/failure.ts';
import type { GivenPath, Place, Reach } from '../place.ts';
import type { WriteFailure } from './write-failure.ts';

export function placeToMake(reach: Reach, given: GivenPath, follow: boolean): Result<Place, WriteFailure> {
  const place = reach.find(given, follow);
  return !place.ok && place.failure.reason === 'not-found' ? fail({ reason: 'parent-missing' }) : place;
}
