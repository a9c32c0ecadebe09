/**
 * An answer that ends with its key: one that is still to come is a 401 then, one that is being sent goes no further.
 *
 *   waiting ──answered──▶ being sent (those that last) ──end of it, or the reader leaves──▶ over
 *      └──key ends──▶ 401      └──key ends: it ends, or the connection breaks───────────────▲
 */
import { noteRevoked } from './caller.ts';
import type { LiveExchanges } from './live-exchanges.ts';
import { refusalResponse } from './wire/failures.ts';
import { endingOf } from './wire/lasting.ts';

/** `request`: as the handler has it. `held`: disposed of once, when the exchange is over. */
export function revocableAnswer(
  live: LiveExchanges,
  keyId: string,
  request: Request,
  answer: Response | Promise<Response>,
  held?: Disposable,
): Response | Promise<Response> {
  const over = held === undefined ? nothing : releasing(held);
  return answer instanceof Promise
    ? revocablePromise(live, keyId, request, answer, over)
    : revocableStream(live, keyId, request, answer, over);
}

const nothing = () => {};

/** Once, however often it is called. */
function releasing(held: Disposable): () => void {
  let isOver = false;
  return () => {
    if (!isOver) held[Symbol.dispose]();
    isOver = true;
  };
}

function revocablePromise(
  live: LiveExchanges,
  keyId: string,
  request: Request,
  answer: Promise<Response>,
  over: () => void,
): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  let revoked = false;
  const waiting = live.add(
    keyId,
    () => {
      revoked = true;
      noteRevoked(request);
      resolve(refusalResponse({ reason: 'key-invalid' }));
    },
    request,
  );
  answer.then(
    (settled) => {
      waiting[Symbol.dispose]();
      // Nobody reads it: what it follows must know.
      if (revoked) {
        over();
        void settled.body?.cancel();
      } else resolve(revocableStream(live, keyId, request, settled, over));
    },
    (error: unknown) => {
      waiting[Symbol.dispose]();
      over();
      reject(error instanceof Error ? error : new Error(String(error)));
    },
  );
  return promise;
}

function revocableStream(
  live: LiveExchanges,
  keyId: string,
  request: Request,
  answer: Response,
  over: () => void,
): Response {
  const ending = endingOf(answer);
  // Asked only for those that last: for a file it makes a stream of what the system would send by itself.
  const body = ending === undefined ? null : answer.body;
  if (body === null) {
    over();
    return answer;
  }
  const reader = body.getReader();
  let entry: Disposable | undefined;
  const end = () => {
    entry?.[Symbol.dispose]();
    over();
  };
  // Also of a reader who leaves before anything is read.
  request.signal.addEventListener('abort', over, { once: true });
  if (request.signal.aborted) over();
  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        entry = live.add(keyId, () => {
          end();
          void reader.cancel();
          if (ending === 'cut') controller.error(new Error('the key has ended'));
          else closeQuietly(controller);
        });
      },
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) return controller.enqueue(value);
          closeQuietly(controller);
        } catch (error) {
          controller.error(error);
        }
        end();
      },
      cancel(reason) {
        end();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(stream, { status: answer.status, headers: answer.headers });
}

/** What the key's end has closed meanwhile says so by throwing. */
function closeQuietly(controller: ReadableStreamDefaultController): void {
  try {
    controller.close();
  } catch {
    // Closed is what it was to be.
  }
}
