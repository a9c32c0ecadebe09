/** The one table that turns an expected failure into a status and a JSON body. */
import type { ErrorBody } from '../protocol/error.ts';

export type HttpFailure =
  | { readonly reason: 'key-invalid' }
  | { readonly reason: 'host-refused' }
  | { readonly reason: 'origin-refused' }
  | { readonly reason: 'not-found' }
  | { readonly reason: 'method-not-allowed'; readonly allowed: readonly string[] }
  | { readonly reason: 'body-too-large'; readonly limit: number }
  | { readonly reason: 'content-type-refused' }
  | { readonly reason: 'request-invalid'; readonly detail: string }
  | { readonly reason: 'job-not-found' }
  | { readonly reason: 'idempotency-conflict' }
  | { readonly reason: 'input-full' }
  | { readonly reason: 'range-not-satisfiable'; readonly bytes: number }
  | { readonly reason: 'storage-failed'; readonly detail: string }
  | { readonly reason: 'shutting-down' }
  | { readonly reason: 'internal' };

interface Answer {
  readonly status: number;
  readonly error: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function answerTo(failure: HttpFailure): Answer {
  switch (failure.reason) {
    case 'key-invalid':
      return { status: 401, error: 'invalid or missing API key' };
    case 'host-refused':
      return { status: 403, error: 'this server does not answer to that host name; see --allow-host' };
    case 'origin-refused':
      return { status: 403, error: 'requests from that origin are refused; see --allow-host' };
    case 'not-found':
      return { status: 404, error: 'not found' };
    case 'method-not-allowed':
      return { status: 405, error: 'method not allowed', headers: { allow: failure.allowed.join(', ') } };
    case 'body-too-large':
      return { status: 413, error: `the body is larger than ${failure.limit} bytes` };
    case 'content-type-refused':
      return { status: 415, error: 'the body must be JSON, with Content-Type: application/json' };
    case 'request-invalid':
      return { status: 400, error: failure.detail };
    case 'job-not-found':
      return { status: 404, error: 'job not found' };
    case 'idempotency-conflict':
      return { status: 409, error: 'this Idempotency-Key was used with another body' };
    case 'input-full':
      return { status: 409, error: 'the job does not read its input, and no more can be kept for it' };
    case 'range-not-satisfiable':
      return {
        status: 416,
        error: `the range is outside of ${failure.bytes} bytes`,
        headers: { 'content-range': `bytes */${failure.bytes}` },
      };
    case 'storage-failed':
      return { status: 507, error: `the job could not be stored: ${failure.detail}` };
    case 'shutting-down':
      return { status: 503, error: 'the server is going down' };
    case 'internal':
      return { status: 500, error: 'internal error' };
  }
}

export function refuse(failure: HttpFailure): Response {
  const { status, error, headers } = answerTo(failure);
  return Response.json({ error } satisfies ErrorBody, { status, headers: { ...JSON_TYPE, ...headers } });
}

export const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' } as const;

/** A JSON answer with the content type of the contract. */
export const json = (body: unknown, status = 200): Response => Response.json(body, { status, headers: JSON_TYPE });
