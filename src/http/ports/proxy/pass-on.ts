/**
 * One request to a port, and its answer.
 *
 *   asked ──▶ slot taken ──▶ sent ──headers of the answer──▶ body on its way ──end, or either side leaves──▶ slot given back
 *                             └──no headers within 60 s of the last byte that was sent──▶ 504
 *
 * Nothing is followed, unpacked or kept: Bun's `fetch` would otherwise follow redirects, hand out plain bytes that are marked as
 * compressed, and send even loopback requests to the proxy of HTTP_PROXY.
 */
import { messageOf } from '../../../core/failure.ts';
import { tellsRefusals } from '../../../platform/ports/index.ts';
import type { PortSlots } from '../../../ports/slots.ts';
import type { LiveExchanges } from '../../live-exchanges.ts';
import { responseTo } from '../failures.ts';
import { answerHeaders } from './answer-headers.ts';
import { watchedDownload, watchedUpload } from './streams.ts';
import { isRefusal, LOOPBACK, openAddress } from './target.ts';

export interface Passing {
  readonly slots: PortSlots;
  readonly live: LiveExchanges;
  /** Seconds that a target has for the headers of its answer. */
  readonly answerSeconds: number;
}

export interface PassedRequest {
  readonly request: Request;
  readonly keyId: string;
  readonly port: number;
  readonly prefix: string;
  /** Path and query of the target, as they came. */
  readonly rest: string;
  readonly headers: Headers;
  /** The origin that the port has for itself. Default: it is below a path of the console's. */
  readonly origin?: string;
}

/** Methods that do the same when they are done twice (RFC 9110, 9.2.2): their connection may be used again. */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE']);
/** Where a system does not tell, a target that has not answered by then may not be there. */
const KNOCK_AFTER_MS = 1000;
/** Bodies of so many bytes are looked at before they are passed on. */
const SHORT_BYTES = 64 * 1024;
/** Of these an answer has no body, whatever it says. */
const WITHOUT_BODY = new Set([204, 205, 304]);

export async function passOn(asked: PassedRequest, passing: Passing): Promise<Response> {
  const { request, port, prefix, rest, keyId, origin } = asked;
  const slot = passing.slots.take(port);
  if (!slot.ok) return responseTo(slot.failure);
  using exchange = new DisposableStack();
  exchange.use(slot.value);
  const abort = new AbortController();
  const leave = () => abort.abort();
  request.signal.addEventListener('abort', leave, { once: true });
  exchange.defer(() => request.signal.removeEventListener('abort', leave));
  let cut = leave;
  exchange.use(passing.live.add(keyId, () => cut(), request));
  if (request.signal.aborted) leave();
  const sent = await send(asked, passing, abort);
  if (sent instanceof Error) return refusalOf(sent, asked, passing);
  try {
    const host = request.headers.get('host') ?? '';
    const { status, statusText, body } = sent;
    const { headers } = sent;
    const init = { status, statusText, headers: answerHeaders({ headers, port, prefix, rest, host, origin }) };
    if (body === null || WITHOUT_BODY.has(status)) return new Response(null, init);
    const reader = body.getReader();
    const first = await firstOf(reader, sent.headers);
    if (first?.isAll === true) return new Response(first.bytes, init);
    // From here on it lasts as long as its body.
    const whole = exchange.move();
    const download = watchedDownload(reader, first?.bytes, () => whole.dispose(), leave);
    cut = () => download.cut();
    return new Response(download.stream, init);
  } catch (error) {
    // A status that no answer may have.
    leave();
    return responseTo({ reason: 'target-failed', port, detail: messageOf(error) });
  }
}

/** Mostly all of a short body is there at once: as one piece it costs a third of what a stream does. */
async function firstOf(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
  headers: Headers,
): Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly isAll: boolean } | undefined> {
  const length = Number(headers.get('content-length') ?? Number.NaN);
  if (!(length <= SHORT_BYTES)) return undefined;
  try {
    const { value: bytes = new Uint8Array() } = await reader.read();
    return { bytes, isAll: bytes.length === length };
  } catch {
    // Status and headers have come: it is an answer that breaks off, which whoever reads on finds out.
    return undefined;
  }
}

class Silent extends Error {}

async function send(asked: PassedRequest, passing: Passing, abort: AbortController): Promise<Response | Error> {
  const { request, port, rest, headers } = asked;
  let answered = false;
  let silent = false;
  let nobody = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const awaitAnswer = () => {
    clearTimeout(timer);
    if (answered) return;
    timer = setTimeout(() => {
      silent = true;
      abort.abort();
    }, passing.answerSeconds * 1000);
  };
  const body = request.body === null ? undefined : watchedUpload(request.body, awaitAnswer);
  awaitAnswer();
  const knocked = async () => {
    nobody = body === undefined && (await openAddress(port)) === undefined && !answered;
    if (nobody) abort.abort();
  };
  // Elsewhere it would do harm: a target may take one connection, and no second one.
  const knock = tellsRefusals ? undefined : setTimeout(() => void knocked(), KNOCK_AFTER_MS);
  try {
    // A body can be sent once: what would refuse it is found out before.
    const known = body === undefined ? undefined : await openAddress(port);
    if (body !== undefined && known === undefined) return new Refused();
    let refusal: Error = new Refused();
    for (const address of known === undefined ? LOOPBACK : [known]) {
      try {
        return await fetch(`http://${address}:${port}${rest}`, {
          method: request.method,
          headers,
          ...(body !== undefined && { body }),
          redirect: 'manual',
          signal: abort.signal,
          keepalive: IDEMPOTENT.has(request.method),
          ...UNTOUCHED,
        });
      } catch (error) {
        if (!isRefusal(error)) throw error;
        refusal = new Refused();
      }
    }
    return refusal;
  } catch (error) {
    if (nobody) return new Refused();
    return silent ? new Silent() : error instanceof Error ? error : new Error(messageOf(error));
  } finally {
    answered = true;
    clearTimeout(timer);
    clearTimeout(knock);
  }
}

class Refused extends Error {}

/** Bun's own; its types lack `false` for both of the last. */
const UNTOUCHED = { decompress: false, timeout: false, proxy: false } as unknown as { readonly decompress: boolean };

function refusalOf(error: Error, { port }: PassedRequest, { answerSeconds }: Passing): Response {
  if (error instanceof Refused) return responseTo({ reason: 'nothing-listens', port });
  if (error instanceof Silent) return responseTo({ reason: 'target-silent', port, seconds: answerSeconds });
  return responseTo({ reason: 'target-failed', port, detail: messageOf(error) });
}
