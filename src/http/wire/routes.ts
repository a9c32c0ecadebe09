/**
 * What every resource's plugin begins with: `resource('jobs').get(…)`, an Elysia instance with the macros of our routes.
 *
 * A route says what it is in its third argument, once, and everybody else reads it there: `params`, `headers` and
 * `response` (schema.ts), `...query(SHAPE)`, `...jsonBody(SHAPE)`, the words in `detail`, and these six:
 *
 * - `access`: who may use it. The gateway checks it before anything of the body is read.
 * - `slow: true`: its answer may take longer than a connection may otherwise be silent.
 * - `large: true`: its body and its answer take much memory, so that few go on at once and the others wait.
 * - `transfer: true`: it holds files open for as long as its client likes, so that only so many go on at once.
 * - `withoutHost: true`: also for a request without Host, which is nobody's then, whatever key it brings.
 * - `ownAuthorization: true`: beside `X-API-Key`, `Authorization` is for whoever the request is passed on to.
 *
 * None is a hook of its own, since they are wanted before Elysia runs any: the gateway reads them off `app.routes`.
 */
import { Elysia } from 'elysia';
import type { Access } from '../caller.ts';
import { refusalResponse } from './failures.ts';
import { json } from './json.ts';
import { BodyRefused } from './json-body.ts';
import { systemErrorIn } from './system-errors.ts';

export const resource = (name: string) =>
  new Elysia({ name }).macro({
    access: (_access: Access) => ({}),
    slow: (_slow: true) => ({}),
    large: (_large: true) => ({}),
    transfer: (_transfer: true) => ({}),
    withoutHost: (_withoutHost: true) => ({}),
    ownAuthorization: (_ownAuthorization: true) => ({}),
  });

/**
 * The application that takes the resources' plugins: it writes their answers and turns Elysia's own failures into our
 * sentences.
 */
export const application = (reportBug: (request: Request, error: unknown) => void) =>
  new Elysia({ name: 'agent-server' })
    .mapResponse(({ responseValue, set }) =>
      responseValue instanceof Response
        ? undefined
        : json(responseValue, Number(set.status ?? 200), headersOf(set.headers)),
    )
    .onError(({ code, error, request }) => {
      if (code === 'NOT_FOUND') return refusalResponse({ reason: 'not-found' });
      if (code === 'VALIDATION') {
        const detail = typeof error.customError === 'string' ? error.customError : 'the request is not valid';
        return refusalResponse({ reason: 'request-invalid', detail });
      }
      // Elysia wraps whatever a parser throws.
      if (code === 'PARSE' && error.cause instanceof BodyRefused) return error.cause.answer;
      // Who has left is told nothing, and that somebody leaves is no bug: the answer is read by nobody.
      if (request.signal.aborted && error === request.signal.reason)
        return refusalResponse({ reason: 'request-invalid', detail: 'the client has left' });
      // Anything else is a bug of ours: the caller learns nothing of it, the log all.
      reportBug(request, error);
      const why = systemErrorIn(error);
      return refusalResponse(why === undefined ? { reason: 'internal' } : { reason: 'system-failed', why });
    });

/** Undefined where a handler has set none, as nearly always. */
function headersOf(headers: object): Readonly<Record<string, string>> | undefined {
  for (const _name in headers) return headers as Readonly<Record<string, string>>;
  return undefined;
}
