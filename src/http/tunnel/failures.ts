/** Why a request for a new code is refused. */
import type { Failure } from '../../core/failure.ts';
import { refusals } from '../wire/refusals.ts';

export const { refuse } = refusals<Failure<'not-registering'>>()({
  'not-registering': {
    status: 409,
    error: 'this server was not started with --register, which says what dashboard to register with',
  },
});
