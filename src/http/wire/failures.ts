/** What any route may refuse a request for, before its own resource is asked. Resources have tables of their own. */
import type { SlotsTaken } from '../../core/slots.ts';
import type { TooBusy } from '../../core/turns.ts';
import type { InvalidRequest } from '../../core/invalid-request.ts';
import type { PageFailure } from '../../pages/bundle-apart.ts';
import type { Scope } from '../caller.ts';
import { errorJson } from './json.ts';
import { refusals } from './refusals.ts';
import { withAdvice } from './system-errors.ts';

export type WireFailure =
  | { readonly reason: 'key-invalid' }
  | { readonly reason: 'scope-missing'; readonly scope: Scope }
  | { readonly reason: 'host-refused' }
  | { readonly reason: 'origin-refused' }
  | { readonly reason: 'not-found' }
  | { readonly reason: 'method-not-allowed'; readonly allowed: readonly string[] }
  | { readonly reason: 'body-too-large'; readonly limit: number }
  | { readonly reason: 'content-encoding-refused' }
  | { readonly reason: 'content-type-refused' }
  | InvalidRequest
  | { readonly reason: 'upgrade-required' }
  | { readonly reason: 'shutting-down' }
  | TooBusy
  | SlotsTaken
  | PageFailure
  | { readonly reason: 'system-failed'; readonly why: string }
  | { readonly reason: 'internal' };

/** Of a route with large contents, of which so many go on at once. */
export const TOO_BUSY = 'too many large requests at once: ask again later';

export const wireRefusals = refusals<WireFailure>()({
  'key-invalid': { status: 401, error: 'invalid or missing API key' },
  'scope-missing': { status: 403, error: ({ scope }) => `this API key does not have the scope ${scope}` },
  'host-refused': { status: 403, error: 'this server does not answer to that host name; see --allow-host' },
  'origin-refused': { status: 403, error: 'requests from that origin are refused; see --allow-host' },
  'not-found': { status: 404, error: 'not found' },
  'method-not-allowed': { status: 405, error: 'method not allowed' },
  'body-too-large': { status: 413, error: ({ limit }) => `the body is larger than ${limit} bytes` },
  'content-encoding-refused': { status: 415, error: 'the body must be sent as it is, without Content-Encoding' },
  'content-type-refused': { status: 415, error: 'the body must be JSON, with Content-Type: application/json' },
  'request-invalid': { status: 400, error: ({ detail }) => detail },
  'upgrade-required': { status: 426, error: 'this route is for WebSockets: request an upgrade' },
  'shutting-down': { status: 503, error: 'the server is shutting down' },
  'too-busy': { status: 503, error: TOO_BUSY },
  'slots-taken': {
    status: 503,
    error: ({ of, limit }) =>
      `too many files and archives are sent or received at once (${limit}${of === 'each' ? ' with this key' : ''}): end one of them, or ask again later`,
  },
  'system-failed': { status: 500, error: ({ why }) => `the server cannot do it now: ${why}` },
  'page-not-made': { status: 500, error: ({ detail }) => `the page could not be made: ${withAdvice(detail)}` },
  internal: { status: 500, error: 'internal error' },
});

/** The whole answer, for what is refused outside of a route's handler. */
export function refusalResponse(failure: WireFailure): Response {
  const more = failure.reason === 'scope-missing' ? { scope: failure.scope } : undefined;
  return errorJson(wireRefusals.statusOf(failure), wireRefusals.sentenceOf(failure), headersOf(failure), more);
}

function headersOf(failure: WireFailure): Readonly<Record<string, string>> | undefined {
  if (failure.reason === 'method-not-allowed') return { allow: failure.allowed.join(', ') };
  // What a key is sent as (RFC 9110, 11.6.1).
  if (failure.reason === 'key-invalid') return { 'www-authenticate': 'Bearer realm="agent-server"' };
  // What would be taken (RFC 9110, 15.5.16).
  if (failure.reason === 'content-encoding-refused') return { 'accept-encoding': 'identity' };
  if (failure.reason === 'upgrade-required') return { upgrade: 'websocket', connection: 'Upgrade' };
  return undefined;
}
