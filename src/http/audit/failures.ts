/** Why the audit log is not shown, beyond what any route may refuse. */
import type { ReadFailure } from '../../audit/audit-log.ts';
import { refusals } from '../wire/refusals.ts';

export const { refuse } = refusals<ReadFailure>()({
  // Not 503, which tells clients to ask again a moment later.
  'log-unreadable': { status: 500, error: ({ detail }) => `the audit log cannot be read: ${detail}` },
});
