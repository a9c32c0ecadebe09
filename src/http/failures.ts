/** The one table that turns an expected failure into a status and a JSON body. */
import type { ErrorBody } from '../protocol/error.ts';
import type { ExecuteFailure } from '../terminals/execute.ts';
import type { OpenFailure } from '../terminals/registry.ts';

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
  | { readonly reason: 'session-not-found' }
  | { readonly reason: 'terminal-not-found' }
  | { readonly reason: 'upgrade-required' }
  | { readonly reason: 'idempotency-conflict' }
  | { readonly reason: 'input-full' }
  | { readonly reason: 'range-not-satisfiable'; readonly bytes: number }
  | { readonly reason: 'storage-failed'; readonly detail: string }
  | { readonly reason: 'shutting-down' }
  | { readonly reason: 'internal' }
  | OpenFailure
  | ExecuteFailure;

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
    case 'session-not-found':
      return { status: 404, error: 'session not found' };
    case 'terminal-not-found':
      return { status: 404, error: 'terminal not found' };
    case 'terminal-exited':
      return { status: 409, error: 'the terminal has exited' };
    case 'terminal-busy':
      return { status: 409, error: 'another command is executed in this terminal, and its answer is still to come' };
    case 'terminal-not-ready':
      return {
        status: 409,
        error: 'the terminal was not ready for a command before the timeout was over, and nothing was typed',
      };
    case 'command-unusable':
      return {
        status: 400,
        error:
          'the command must not be empty, nor have control characters but tab and newline; POST …/input types those',
      };
    case 'terminal-input-full':
      return {
        status: 409,
        error: 'the program in the terminal does not read its input, and no more can be kept for it',
      };
    case 'upgrade-required':
      return {
        status: 426,
        error: 'this is for WebSockets: ask for an upgrade',
        headers: { upgrade: 'websocket', connection: 'Upgrade' },
      };
    case 'too-many-terminals':
      return { status: 409, error: `Max terminals (${failure.limit}) reached` };
    case 'name-taken':
      return { status: 409, error: `there is a terminal named ${failure.name} already` };
    case 'workdir-missing':
      return { status: 400, error: `workdir is not a folder: ${failure.workdir}` };
    case 'path-refused':
      return { status: 400, error: `that path is refused: ${failure.path}` };
    case 'batch-arguments':
      return { status: 400, error: `a batch file takes no arguments here: ${failure.shell}` };
    case 'shell-missing':
      return { status: 400, error: `there is no such program: ${failure.shell}` };
    case 'shell-failed':
      return { status: 400, error: `the program could not be started: ${failure.detail}` };
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

/** The sentence alone, for an error frame. */
export const sentenceFor = (failure: HttpFailure): string => answerTo(failure).error;

export function refuse(failure: HttpFailure): Response {
  const { status, error, headers } = answerTo(failure);
  return Response.json({ error } satisfies ErrorBody, { status, headers: { ...JSON_TYPE, ...headers } });
}

export const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' } as const;

/** A JSON answer with the content type of the contract. */
export const json = (body: unknown, status = 200): Response => Response.json(body, { status, headers: JSON_TYPE });
