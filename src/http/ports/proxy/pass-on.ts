/**
 * One request to a port, and its answer.
 *
 *   asked ──▶ slot taken ──▶ sent ──headers of the answer──▶ body on its way ──end, or either side leaves──▶ slot given back
 *                             └──no headers within 60 s of the last byte that was sent──▶ 504
 */
import { messageOf } from '../../../core/failure.ts';
import type { PortHttp } from '../../../ports/http/client.ts';
import type { NoAnswer, PortAnswer } from '../../../ports/http/exchange.ts';
import { fieldOf, type Field } from '../../../ports/http/fields.ts';
import type { PortSlots } from '../../../ports/slots.ts';
import type { LiveExchanges } from '../../live-exchanges.ts';
import { responseTo } from '../failures.ts';
import { answerHeaders } from './answer-headers.ts';
import { downloadOf } from './streams.ts';

export interface Passing {
  readonly http: PortHttp;
  readonly slots: PortSlots;
  readonly live: LiveExchanges;
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

export async function passOn(asked: PassedRequest, { http, slots, live }: Passing): Promise<Response> {
  const { request, port, rest, keyId } = asked;
  const slot = slots.take(port);
  if (!slot.ok) return responseTo(slot.failure);
  using exchange = new DisposableStack();
  exchange.use(slot.value);
  const body = request.body ?? undefined;
  const { answer, leave } = http.ask({
    port,
    method: request.method,
    path: rest,
    fields: framed(asked.fields, body !== undefined),
    body,
  });
  let cut = leave;
  exchange.use(live.add(keyId, () => cut(), request));
  // It stays: once the answer is over, there is nothing to leave.
  if (request.signal.aborted) leave();
  else request.signal.addEventListener('abort', leave, { once: true });
  const answered = await answer;
  if (!answered.ok) return refusalOf(answered.failure, port);
  const init = responseInit(answered.value, asked);
  const { body: answerBody } = answered.value;
  try {
    if (WITHOUT_BODY.has(init.status)) return new Response(null, init);
    if (answerBody instanceof Uint8Array) return new Response(answerBody as Uint8Array<ArrayBuffer>, init);
    // From here on it lasts as long as its body.
    const whole = exchange.move();
    const download = downloadOf(answerBody, () => whole.dispose());
    cut = () => download.cut();
    return new Response(download.stream, init);
  } catch (error) {
    // A status that no answer may have.
    leave();
    return responseTo({ reason: 'target-failed', port, detail: messageOf(error) });
  }
}

/** How the end of a body is known: by its length, else in chunks. Bun leaves out the body of a GET, and not what is said of it. */
function framed(fields: readonly Field[], hasBody: boolean): readonly Field[] {
  const length = fieldOf(fields, 'content-length');
  if (hasBody) return length === undefined ? [...fields, ['transfer-encoding', 'chunked']] : fields;
  return length === undefined || length === '0' ? fields : fields.filter(([name]) => name !== 'content-length');
}

function responseInit(
  { status, statusText, fields }: PortAnswer,
  { request, port, prefix, rest, origin }: PassedRequest,
) {
  const host = request.headers.get('host') ?? '';
  return { status, statusText, headers: answerHeaders({ fields, port, prefix, rest, host, origin }) };
}

function refusalOf(failure: NoAnswer, port: number): Response {
  switch (failure.reason) {
    case 'nothing-listens':
      return responseTo({ reason: 'nothing-listens', port });
    case 'request-impossible':
      return responseTo({ reason: 'request-invalid', detail: 'the path or a header cannot be sent to the port' });
    case 'target-silent':
      return responseTo({ reason: 'target-silent', port, seconds: failure.seconds });
    case 'target-failed':
      return responseTo({ reason: 'target-failed', port, detail: failure.detail });
  }
}
