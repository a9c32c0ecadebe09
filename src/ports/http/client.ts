/**
 * Requests to ports of this machine. Bun's `fetch` is not asked: it changes what it passes on (it follows, unpacks, adds fields),
 * has a thread of its own, and takes twice as long for a short answer.
 *
 * Only a request that may be made twice goes out on a connection that was used before: the port may be about to close that, and then
 * the request is made again on another (RFC 9110, 9.2.2; RFC 9112, 9.3.1).
 */
import type { Clock } from '../../core/clock.ts';
import { fail, type Result } from '../../core/failure.ts';
import { HttpConnection, type Answered } from './connection.ts';
import type { NoAnswer, PortAnswer, PortExchange, PortRequest } from './exchange.ts';
import { KeptConnections } from './kept-connections.ts';
import { requestHead } from './request-head.ts';

const REPEATABLE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE']);

export interface PortHttpOptions {
  /** That a port has for the head of its answer. */
  readonly answerSeconds: number;
  readonly clock: Clock;
}

export class PortHttp implements Disposable {
  readonly #answerSeconds: number;
  readonly #kept: KeptConnections<HttpConnection>;

  constructor({ answerSeconds, clock }: PortHttpOptions) {
    this.#answerSeconds = answerSeconds;
    this.#kept = new KeptConnections(clock);
  }

  ask(request: PortRequest): PortExchange {
    const { promise: answer, resolve } = Promise.withResolvers<Result<PortAnswer, NoAnswer>>();
    const head = requestHead(request);
    if (head === undefined) {
      resolve(fail({ reason: 'request-impossible' }));
      return { answer, leave() {} };
    }
    const { port } = request;
    // A body can be sent once.
    const kept = REPEATABLE.has(request.method) && request.body === undefined ? this.#kept.take(port) : undefined;
    let connection = kept ?? this.#connect(port);
    connection.ask(request, head, (first) => {
      if (kept === undefined || !hasEnded(first)) return resolve(toldOf(first));
      connection = this.#connect(port);
      connection.ask(request, head, (second) => resolve(toldOf(second)));
    });
    return { answer, leave: () => connection.leave(request) };
  }

  /** Those that nobody uses end; the others with what they are used for. */
  [Symbol.dispose](): void {
    this.#kept[Symbol.dispose]();
  }

  #connect(port: number): HttpConnection {
    return new HttpConnection({
      port,
      answerSeconds: this.#answerSeconds,
      free: (connection) => this.#kept.keep(port, connection),
      gone: (connection) => this.#kept.forget(port, connection),
    });
  }
}

const hasEnded = (answered: Answered): boolean => !answered.ok && answered.failure.reason === 'connection-ended';

function toldOf(answered: Answered): Result<PortAnswer, NoAnswer> {
  if (answered.ok) return answered;
  const { failure } = answered;
  return fail(
    failure.reason === 'connection-ended' ? { reason: 'target-failed', detail: 'the connection was closed' } : failure,
  );
}
