/** Why a request about jobs is refused, beyond what any route may refuse. */
import type { InvalidRequest } from '../../core/invalid-request.ts';
import type { SignalRefusal } from '../../jobs/job.ts';
import type { SubmitFailure } from '../../jobs/manager.ts';
import { refusals } from '../wire/refusals.ts';
import { withAdvice } from '../wire/system-errors.ts';

type JobFailure =
  | { readonly reason: 'job-not-found' }
  | { readonly reason: 'before-unknown' }
  | InvalidRequest
  | { readonly reason: 'input-full' }
  | { readonly reason: 'signal-unknown'; readonly signal: string }
  | { readonly reason: 'not-signalled'; readonly why: SignalRefusal }
  | { readonly reason: 'events-not-stored'; readonly detail: string }
  | { readonly reason: 'range-not-satisfiable'; readonly bytes: number }
  | SubmitFailure;

const NOT_SIGNALLED = {
  'not-started': 'the job has not started yet',
  'not-running': 'the job has ended',
  'no-process': 'jobs of this mode have no process of their own that could be sent a signal: cancel ends one',
} satisfies Record<SignalRefusal, string>;

export const { refuse, responseTo } = refusals<JobFailure>()({
  'job-not-found': { status: 404, error: 'job not found' },
  'before-unknown': { status: 400, error: 'before must be the id of a job that is kept' },
  'request-invalid': { status: 400, error: ({ detail }) => detail },
  'input-full': { status: 409, error: 'the job does not read its input, and no more can be buffered for it' },
  'signal-unknown': {
    status: 400,
    error: ({ signal }) => `no such signal on this machine: ${JSON.stringify(signal.slice(0, 40))}`,
  },
  'not-signalled': { status: 409, error: ({ why }) => NOT_SIGNALLED[why] },
  'range-not-satisfiable': { status: 416, error: ({ bytes }) => `the range is outside of ${bytes} bytes` },
  'idempotency-conflict': { status: 409, error: 'this Idempotency-Key was used with another body' },
  'name-taken': { status: 409, error: ({ name, jobId }) => `job ${jobId} has the name ${name} until it ends` },
  'events-not-stored': {
    status: 507,
    error: ({ detail }) => `the events of the job could not be stored: ${withAdvice(detail)}`,
  },
  'storage-failed': { status: 507, error: ({ detail }) => `the job could not be stored: ${withAdvice(detail)}` },
  'shutting-down': { status: 503, error: 'the server is shutting down' },
});
