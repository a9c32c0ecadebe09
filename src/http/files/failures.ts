/** Why a request about files is refused, beyond what any route may refuse. */
import type { PlaceFailure } from '../../files/place.ts';
import { refusals } from '../wire/refusals.ts';

export const { refuse, statusOf, sentenceOf } = refusals<PlaceFailure>()({
  'path-invalid': { status: 400, error: ({ detail }) => detail },
  'outside-roots': { status: 403, error: 'outside of the roots' },
  'not-permitted': {
    status: 403,
    error: ({ code }) => `the system does not let the user of the server do that (${code})`,
  },
  'not-found': { status: 404, error: 'there is no such file or folder' },
});
