/** Why a request for a port is not passed on, or was not answered. */
import type { InvalidRequest } from '../../core/invalid-request.ts';
import type { PortRefusal } from '../../ports/allowed.ts';
import type { TooManyRequests } from '../../ports/slots.ts';
import { refusals } from '../wire/refusals.ts';

export type PortFailure =
  | InvalidRequest
  | PortRefusal
  | TooManyRequests
  | { readonly reason: 'no-name-for-browsers'; readonly port: number }
  | { readonly reason: 'nothing-listens'; readonly port: number }
  | { readonly reason: 'target-failed'; readonly port: number; readonly detail: string }
  | { readonly reason: 'target-silent'; readonly port: number; readonly seconds: number };

export const { responseTo } = refusals<PortFailure>()({
  'request-invalid': { status: 400, error: ({ detail }) => detail },
  'port-not-allowed': { status: 403, error: ({ port }) => `this API key may not reach port ${port}` },
  'port-is-own': { status: 403, error: ({ port }) => `port ${port} is one of this server’s own` },
  'no-name-for-browsers': {
    status: 409,
    error: ({ port }) =>
      `a browser reaches port ${port} only through an address of this server on loopback, or under the name of --ports-host`,
  },
  'nothing-listens': { status: 502, error: ({ port }) => `nothing listens on port ${port}` },
  'target-failed': { status: 502, error: ({ port, detail }) => `port ${port} gave no whole answer: ${detail}` },
  'target-silent': { status: 504, error: ({ port, seconds }) => `port ${port} did not answer within ${seconds} s` },
  'too-many-requests': {
    status: 503,
    error: ({ limit }) => `too many requests are being passed on at once (${limit}); try again later`,
  },
});
