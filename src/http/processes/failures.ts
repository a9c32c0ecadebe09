/** Why a request about a process is refused, beyond what any route may refuse. */
import { refusals } from '../wire/refusals.ts';

type ProcessFailure =
  | { readonly reason: 'not-found'; readonly pid: number }
  | { readonly reason: 'signal-unknown'; readonly signal: string }
  | { readonly reason: 'untouchable'; readonly pid: number }
  | { readonly reason: 'mark-missing' }
  | { readonly reason: 'mark-differs'; readonly pid: number }
  | { readonly reason: 'refused'; readonly pid: number }
  | { readonly reason: 'impossible'; readonly pid: number };

export const { refuse } = refusals<ProcessFailure>()({
  'not-found': { status: 404, error: ({ pid }) => `there is no process ${pid}` },
  'signal-unknown': {
    status: 400,
    error: ({ signal }) => `no such signal on this machine: ${JSON.stringify(signal.slice(0, 40))}`,
  },
  untouchable: { status: 403, error: ({ pid }) => `process ${pid} is one of the system’s or of this server’s own` },
  'mark-missing': { status: 428, error: 'startTime is required: a pid may be another process’s by now' },
  'mark-differs': { status: 409, error: ({ pid }) => `process ${pid} is another one: its startTime differs` },
  refused: { status: 403, error: ({ pid }) => `the system does not let this server signal process ${pid}` },
  impossible: { status: 409, error: ({ pid }) => `process ${pid} leads no group with a console, which SIGINT goes to` },
});
