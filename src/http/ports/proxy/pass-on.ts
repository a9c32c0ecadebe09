/**
 * One request to a port, and its answer.
 *
 *   asked ──▶ slot taken ──▶ sent ──headers of the answer──▶ body on its way ──end, or either side leaves──▶ slot given back
 *                             └──no headers within 60 s of the last byte that was sent──▶ 504
 */
import { messageOf } from '../../../core/failure.ts';
import type { PortHttp } from '../../../ports/http/client.ts';
import type { NoAnswer } from '../../../ports/http/exchange.ts';
import { fieldOf, type Field } from '../../../ports/http/fields.ts';
import type { AnswerHead } from '../../../ports/http/head.ts';
import type { PortSlots } from '../../../ports/slots.ts';
import { onceLeft, type LeavingClients } from '../../leaving-clients.ts';
import type { LiveExchanges } from '../../live-exchanges.ts';
import { responseTo, type PortFailure } from '../failures.ts';
import { answerHeaders, sandboxed } from './answer-headers.ts';
import { downloadOf } from './streams.ts';

export interface Passing {
  readonly http: PortHttp;
  readonly slots: PortSlots;
  readonly live: LiveExchanges;
  readonly leaving: LeavingClients;
}

export interface PassedRequest {
  readonly request: Request;
  readonly keyId: string;
  readonly port: number;
  readonly prefix: string;
  /** Path and query of the target, as they came. */
  readonly rest: string;
  readonly fields: readonly Field[];
  /** The origin that the port has for itself. Default: it is below a path of the console's. */
  readonly origin?: string;
}

/** Of these a Response has no body. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

export async function passOn(asked: PassedRequest, { http, slots, live, leaving }: Passing): Promise<Response> {
  const { request, port, rest, keyId } = asked;
  const slot = slots.take(port);
  if (!slot.ok) return refused(slot.failure, asked);
  const body = request.body ?? undefined;
  const asking = http.ask({
    port,
    method: request.method,
    path: rest,
    fields: framed(asked.fields, body !== undefined),
    body,
  });
  const leave = () => asking.leave();
  let cut = leave;
  const entry = live.add(keyId, () => cut(), request);
  const waiting = leaving.watch(request, leave);
  let lasts = false;
  try {
    const answered = await asking.answer;
    if (!answered.ok) return refused(failureOf(answered.failure, port), asked);
    const { head, body: answerBody } = answered.value;
    const init = responseInit(head, asked);
    if (WITHOUT_BODY.has(init.status)) return new Response(null, init);
    if (answerBody instanceof Uint8Array)
      return new Response(asSaid(answerBody as Uint8Array<ArrayBuffer>, request.method, init.headers), init);
    // From here on it lasts as long as its body. Once that is over, there is nothing to leave.
    onceLeft(request, leave);
    const whole = new DisposableStack();
    const download = downloadOf(answerBody, () => whole.dispose());
    const answer = new Response(download.stream, init);
    whole.use(slot.value);
    whole.use(entry);
    cut = () => download.cut();
    lasts = true;
    return answer;
  } catch (error) {
    // A status that no answer may have.
    leave();
    return refused({ reason: 'target-failed', port, detail: messageOf(error) }, asked);
  } finally {
    waiting[Symbol.dispose]();
    if (!lasts) {
      entry[Symbol.dispose]();
      slot.value[Symbol.dispose]();
    }
  }
}

/**
 * Nothing is added to what the port says of it. Bun would say of bytes that they are some, so that a browser saves a page instead of
 * showing it, and to HEAD that there are none.
 */
function asSaid(bytes: Uint8Array<ArrayBuffer>, method: string, headers: Headers) {
  const isComplete =
    bytes.length === 0 ? method !== 'HEAD' || headers.has('content-length') : headers.has('content-type');
  if (isComplete) return bytes;
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull(controller) {
        if (bytes.length > 0) controller.enqueue(bytes);
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

/** How the end of a body is known: by its length, else in chunks. Bun leaves out the body of a GET, and not what is said of it. */
function framed(fields: readonly Field[], hasBody: boolean): readonly Field[] {
  const length = fieldOf(fields, 'content-length');
  if (hasBody) return length === undefined ? [...fields, ['transfer-encoding', 'chunked']] : fields;
  return length === undefined || length === '0' ? fields : fields.filter(([name]) => name !== 'content-length');
}

function responseInit({ status, statusText, fields }: AnswerHead, asked: PassedRequest) {
  const { request, port, prefix, rest, origin } = asked;
  const host = request.headers.get('host') ?? '';
  return { status, statusText, headers: answerHeaders({ fields, port, prefix, rest, host, origin }) };
}

/** On the origin of the console, what we say ourselves is sandboxed like what the target says. */
function refused(failure: PortFailure, { origin }: PassedRequest): Response {
  const answer = responseTo(failure);
  if (origin === undefined) sandboxed(answer.headers);
  return answer;
}

function failureOf(failure: NoAnswer, port: number): PortFailure {
  switch (failure.reason) {
    case 'nothing-listens':
      return { reason: 'nothing-listens', port };
    case 'request-impossible':
      return { reason: 'request-invalid', detail: 'the path or a header cannot be sent to the port' };
    case 'target-silent':
      return { reason: 'target-silent', port, seconds: failure.seconds };
    case 'target-failed':
      return { reason: 'target-failed', port, detail: failure.detail };
  }
}
