/**
 * Requests to ports of this machine. Bun's `fetch` is not asked: it changes what it passes on (it follows, unpacks, adds fields),
 * has a thread of its own, and takes twice as long for a short answer.
 *
 * Connections are kept for a while after an answer. Only a request that may be made twice goes out on one of these: the port may be
 * about to close it, and then the request is made again on another (RFC 9110, 9.2.2; RFC 9112, 9.3.1).
 */
import { fail, type Result } from '../../core/failure.ts';
import { HttpConnection, type Answered } from './connection.ts';
import type { NoAnswer, PortAnswer, PortExchange, PortRequest } from './exchange.ts';
import { requestHead } from './request-head.ts';

/** Shorter than what servers give one that says nothing: Node gives it 5 s. */
const KEPT_MS = 4000;
const SWEEP_MS = 1000;
/** For each port: as many as may be asked at once. */
const MAX_KEPT = 64;

const REPEATABLE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE']);

interface Kept {
  readonly connection: HttpConnection;
  readonly since: number;
}

export class PortHttp implements Disposable {
  readonly #answerSeconds: number;
  /** By port; the one that was used last is at the end. */
  readonly #kept = new Map<number, Kept[]>();
  #sweeping: ReturnType<typeof setInterval> | undefined;
  #disposed = false;

  /** `answerSeconds`: that a port has for the head of its answer. */
  constructor(answerSeconds: number) {
    this.#answerSeconds = answerSeconds;
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
    const kept = REPEATABLE.has(request.method) && request.body === undefined ? this.#take(port) : undefined;
    let connection = kept ?? this.#connect(port);
    connection.ask(request, head, (first) => {
      if (kept === undefined || !hasEnded(first)) return resolve(toldOf(first));
      connection = this.#connect(port);
      connection.ask(request, head, (second) => resolve(toldOf(second)));
    });
    return { answer, leave: () => connection.leave(request) };
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    for (const { connection } of [...this.#kept.values()].flat()) connection.terminate();
    this.#kept.clear();
    this.#rest();
  }

  #connect(port: number): HttpConnection {
    return new HttpConnection({
      port,
      answerSeconds: this.#answerSeconds,
      free: (connection) => this.#keep(port, connection),
      gone: (connection) => this.#forget(port, ({ connection: other }) => other === connection),
    });
  }

  #take(port: number): HttpConnection | undefined {
    return this.#kept.get(port)?.pop()?.connection;
  }

  #keep(port: number, connection: HttpConnection): void {
    const kept = this.#kept.get(port) ?? [];
    if (this.#disposed || kept.length >= MAX_KEPT) return connection.terminate();
    kept.push({ connection, since: performance.now() });
    this.#kept.set(port, kept);
    this.#sweeping ??= setInterval(() => this.#sweep(), SWEEP_MS);
  }

  #sweep(): void {
    const before = performance.now() - KEPT_MS;
    for (const [port, kept] of this.#kept) {
      for (const { connection, since } of kept) if (since < before) connection.terminate();
      this.#forget(port, ({ since }) => since < before);
    }
    if (this.#kept.size === 0) this.#rest();
  }

  #forget(port: number, isOver: (kept: Kept) => boolean): void {
    const left = this.#kept.get(port)?.filter((one) => !isOver(one)) ?? [];
    if (left.length > 0) this.#kept.set(port, left);
    else this.#kept.delete(port);
  }

  #rest(): void {
    clearInterval(this.#sweeping);
    this.#sweeping = undefined;
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
