/**
 * One WebSocket to a port, on its way through. The target is connected first, so that the client gets its choice of a
 * subprotocol, or its refusal as it is. From then on whole messages go either way, text as text and bytes as bytes, and what
 * closes one side closes the other with the same code. Pings are answered on each side for itself.
 */
import { CLOSE_CODES } from '../../../core/close-codes.ts';
import { MAX_WAITING_BYTES } from '../../../ports/connection.ts';
import { fieldOf, type Field } from '../../../ports/http/fields.ts';
import type { PortSlots } from '../../../ports/slots.ts';
import { TargetSocket, type NoSocket } from '../../../ports/websocket/target-socket.ts';
import type { PreparedSocket, SocketHandler, Wire } from '../../sockets/kind.ts';
import { responseTo } from '../failures.ts';
import { answerHeaders } from './answer-headers.ts';

export interface SocketPassing {
  /** Those of sockets, which last: requests have others. */
  readonly slots: PortSlots;
  /** Seconds that a target has for its answer. */
  readonly answerSeconds: number;
}

export interface AskedSocket {
  readonly request: Request;
  readonly port: number;
  /** What our path has before that of the target; empty where the port has an origin of its own. */
  readonly prefix: string;
  /** Path and query of the target, as they came. */
  readonly rest: string;
  /** What the target gets (request-fields.ts). */
  readonly fields: readonly Field[];
  /** The Host that we were asked for. */
  readonly host: string;
  /** The origin that the port has for itself. Default: it is below a path of the console's. */
  readonly origin?: string;
}

/** What the client has not taken: from here on the port waits. */
const PAUSE_BYTES = 1024 * 1024;

/** For the `prepare` of a kind of sockets, which takes messages of MAX_MESSAGE_BYTES. */
export async function prepareSocket(asked: AskedSocket, passing: SocketPassing): Promise<PreparedSocket | Response> {
  const { port, rest, fields, request } = asked;
  const slot = passing.slots.take(port);
  if (!slot.ok) return responseTo(slot.failure);
  using taken = new DisposableStack();
  taken.use(slot.value);
  const { answerSeconds } = passing;
  const { signal } = request;
  const opened = await TargetSocket.open({ port, path: rest, fields, answerSeconds, signal });
  if (!opened.ok) return refusalOf(opened.failure, asked, answerSeconds);
  const target = opened.value;
  const whole = taken.move();
  return {
    headers: acceptHeaders(target.fields, asked),
    open: (wire) => new PassedSocket(wire, target, () => whole.dispose()),
    abandon() {
      target.terminate();
      whole.dispose();
    },
  };
}

/** Of the 101: Bun makes those of the handshake, and would choose a subprotocol itself where none is named. */
function acceptHeaders(fields: readonly Field[], { port, prefix, rest, host, origin }: AskedSocket): Headers {
  const all = answerHeaders({ fields, port, prefix, rest, host, origin });
  const passed = new Headers([...all].filter(([name]) => !/^(sec-websocket-.*|content-length|date)$/.test(name)));
  passed.set('sec-websocket-protocol', fieldOf(fields, 'sec-websocket-protocol') ?? '');
  return passed;
}

function refusalOf(failure: NoSocket, { port, prefix, rest, host, origin }: AskedSocket, seconds: number): Response {
  switch (failure.reason) {
    case 'nothing-listens':
      return responseTo({ reason: 'nothing-listens', port });
    case 'target-silent':
      return responseTo({ reason: 'target-silent', port, seconds });
    case 'target-failed':
      return responseTo({ reason: 'target-failed', port, detail: failure.detail });
    case 'request-impossible':
      return responseTo({ reason: 'request-invalid', detail: 'the path or a header cannot be sent to the port' });
    case 'target-refused': {
      const { status, statusText, fields } = failure.head;
      const passed = answerHeaders({ fields, port, prefix, rest, host, origin });
      passed.delete('content-length');
      try {
        return new Response(failure.body === undefined ? null : new Uint8Array(failure.body), {
          status,
          statusText,
          headers: passed,
        });
      } catch {
        return responseTo({ reason: 'target-failed', port, detail: `its status is ${status}` });
      }
    }
  }
}

class PassedSocket implements SocketHandler {
  readonly #wire: Wire;
  readonly #target: TargetSocket;
  readonly #over: () => void;
  #closed = false;

  /** `over`: called once, when nothing of it is left. */
  constructor(wire: Wire, target: TargetSocket, over: () => void) {
    this.#wire = wire;
    this.#target = target;
    this.#over = over;
  }

  begin(): void {
    this.#target.listen({
      message: (data) => this.#pass(data),
      closed: (code, reason) => this.#targetClosed(code, reason),
    });
  }

  message(data: string | Uint8Array): void {
    if (this.#closed) return;
    // Bun cannot tell a client to wait. One message may be as large as all that may.
    if (this.#target.waiting > MAX_WAITING_BYTES)
      return this.#leave(CLOSE_CODES.tryAgainLater, 'the port does not take what is sent to it');
    this.#target.send(data);
  }

  drained(): void {
    if (this.#wire.getBufferedAmount() < PAUSE_BYTES) this.#target.resume();
  }

  goAway(): void {
    this.#leave(CLOSE_CODES.goingAway, 'the server is shutting down');
  }

  closed(code: number, reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#end(code, reason);
  }

  #pass(data: string | Uint8Array): void {
    if (this.#closed) return;
    this.#wire.send(data);
    if (this.#wire.getBufferedAmount() >= PAUSE_BYTES) this.#target.pause();
  }

  #targetClosed(code: number, reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    if (code === CLOSE_CODES.abnormal)
      this.#wire.close(CLOSE_CODES.internalError, 'the port ended the connection without closing it');
    else this.#wire.close(code, reason);
    this.#over();
  }

  #leave(code: number, reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#wire.close(code, reason);
    this.#end(code, reason);
  }

  /** A client that vanished is told to the target as what it is: an end that nobody wanted. */
  #end(code: number, reason: string): void {
    this.#target.close(code === CLOSE_CODES.abnormal ? CLOSE_CODES.internalError : code, reason);
    this.#over();
  }
}
