/** Why a request about persistent shells is refused. */
import { refusals } from '../wire/refusals.ts';

export const { refuse } = refusals<{ readonly reason: 'session-not-found' }>()({
  'session-not-found': { status: 404, error: 'session not found' },
});
