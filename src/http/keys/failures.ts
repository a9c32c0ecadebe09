/** Why a request about keys is refused, beyond what any route may refuse. */
import type { InvalidRequest } from '../../core/invalid-request.ts';
import type { AddFailure, DeleteFailure, RotateFailure } from '../../keys/keys.ts';
import { refusals } from '../wire/refusals.ts';
import { withAdvice } from '../wire/system-errors.ts';
import type { InheritedRotationFailure } from './inherited.ts';

type KeyFailure =
  | AddFailure
  | RotateFailure
  | DeleteFailure
  | InheritedRotationFailure
  | InvalidRequest
  | { readonly reason: 'key-inherited' };

export const { refuse } = refusals<KeyFailure>()({
  'key-not-found': { status: 404, error: 'key not found' },
  'request-invalid': { status: 400, error: ({ detail }) => detail },
  'name-taken': { status: 409, error: ({ name }) => `there is already a key named ${name}` },
  'too-many-keys': { status: 409, error: ({ limit }) => `Max keys (${limit}) reached; delete one` },
  'key-expired': { status: 409, error: 'the key has expired: delete it, and add another' },
  'key-inherited': { status: 409, error: 'the inherited key cannot be deleted; it can be rotated' },
  'key-from-environment': {
    status: 409,
    error: ({ variable }) =>
      `the inherited key comes from the environment variable ${variable}: change it there, and start the server again`,
  },
  'keys-of-later-version': {
    status: 409,
    error: 'the keys were stored by a later version of the server, which this one does not overwrite',
  },
  'storage-failed': { status: 507, error: ({ detail }) => `that could not be stored: ${withAdvice(detail)}` },
});
