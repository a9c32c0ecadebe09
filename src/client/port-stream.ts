/**
 * A TCP connection to a port of the server's machine, as two streams of the web.
 *
 *   connecting ──open──▶ open ──both sides have said all they had to say──▶ ended
 *       └──refused──▶ failed   └──it breaks, or `close`────────────────────▶ failed
 *
 * Both sides say how much they have taken (core/acknowledged-bytes.ts), because a WebSocket cannot be told to wait: a slow
 * reader at either end slows the other down, and no more than 4 MiB are held on the way.
 */
import { Taken, Unacknowledged } from '../core/acknowledged-bytes.ts';
import { CLOSE_CODES } from '../core/close-codes.ts';
import { readTcpFrame, type TcpFrame } from '../protocol/tcp-frame.ts';
import { ClientError, refused, unreachable } from './failure.ts';
import type { BinarySocketLike } from './plain-socket.ts';

/** A TCP connection to a port of the server's machine. */
export interface PortStream {
  /** What the port says. Ends when it has said all; errors with a ClientError where the connection breaks. */
  readonly readable: ReadableStream<Uint8Array>;
  /** What the port is told; closing it says that this is all. A write resolves when more may be written. */
  readonly writable: WritableStream<Uint8Array>;
  /** Resolves at the end: undefined after both sides have ended, else why the connection broke. */
  readonly closed: Promise<ClientError | undefined>;
  /** Breaks it off. */
  close(): void;
}

const MAX_FRAME_BYTES = 1024 * 1024;
const OPEN = 1;

const NOT_OPENED = (port: number): string =>
  `no socket to port ${port} was opened: this key may not reach it, it is one of the server’s own, or something in between passes no WebSockets`;

/** Rejects with a ClientError where there is no connection: of status 502 where nothing listens on the port. */
export function openPortStream(socket: BinarySocketLike, port: number, signal?: AbortSignal): Promise<PortStream> {
  const stream = new SocketStream(socket, port);
  const leave = (): void => stream.close();
  signal?.addEventListener('abort', leave, { once: true });
  if (signal?.aborted) leave();
  return stream.opened.finally(() => signal?.removeEventListener('abort', leave));
}

class SocketStream implements PortStream {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  readonly closed: Promise<ClientError | undefined>;
  readonly opened: Promise<PortStream>;
  readonly #socket: BinarySocketLike;
  readonly #port: number;
  readonly #unacknowledged = new Unacknowledged();
  readonly #taken = new Taken();
  #takenBytes = 0;
  readonly #waiting: Uint8Array[] = [];
  /** The port has said all. */
  #theirEnd = false;
  #failure: ClientError | undefined;
  #wasOpen = false;
  #over = false;
  #wakeReader = (): void => {};
  #wakeWriter = (): void => {};
  #settled: { open(): void; fail(error: ClientError): void } = { open() {}, fail() {} };
  #ended: (failure: ClientError | undefined) => void = () => {};

  constructor(socket: BinarySocketLike, port: number) {
    this.#socket = socket;
    this.#port = port;
    this.opened = new Promise((resolve, reject) => {
      this.#settled = { open: () => resolve(this), fail: reject };
    });
    this.closed = new Promise((resolve) => (this.#ended = resolve));
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('message', ({ data }) => this.#heard(data));
    // The close event follows. Without a listener, a socket of the package `ws` throws.
    socket.addEventListener('error', () => {});
    socket.addEventListener('close', ({ code, reason }) => this.#closed(code, reason));
    this.readable = new ReadableStream<Uint8Array>(
      { pull: (controller) => this.#pull(controller), cancel: () => this.close() },
      { highWaterMark: 0 },
    );
    this.writable = new WritableStream<Uint8Array>({
      write: (bytes) => this.#write(bytes),
      close: () => this.#tell({ type: 'eof' }),
      abort: () => this.close(),
    });
  }

  close(): void {
    this.#finish(unreachable('the connection was closed on this side'));
    this.#socket.close();
  }

  #heard(data: unknown): void {
    if (this.#over) return;
    if (data instanceof ArrayBuffer) {
      this.#waiting.push(new Uint8Array(data));
      return this.#wakeReader();
    }
    // The package `ws` may give views of its own memory.
    if (ArrayBuffer.isView(data)) {
      this.#waiting.push(Uint8Array.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)));
      return this.#wakeReader();
    }
    const frame = typeof data === 'string' ? readTcpFrame(data) : undefined;
    if (frame?.type === 'open') {
      this.#wasOpen = true;
      this.#settled.open();
    } else if (frame?.type === 'eof') {
      this.#theirEnd = true;
      this.#wakeReader();
    } else if (frame?.type === 'taken') {
      this.#unacknowledged.acknowledge(frame.bytes);
      this.#wakeWriter();
    }
  }

  #closed(code: number, reason: string): void {
    this.#finish(code === CLOSE_CODES.normal ? undefined : this.#failureOf(code, reason));
  }

  #failureOf(code: number, reason: string): ClientError {
    switch (code) {
      case CLOSE_CODES.nothingListens:
        return refused(502, { error: reason });
      case CLOSE_CODES.policyViolation:
        return refused(403, { error: reason });
      case CLOSE_CODES.unauthorized:
        return new ClientError({ reason: 'key-refused', status: 401 }, reason);
      default:
        // The server gave a ticket a moment ago, so that it is there. A WebSocket of the web does not tell why it did not open.
        return this.#wasOpen || reason !== ''
          ? unreachable(`the connection broke: ${reason === '' ? `it was closed with code ${code}` : reason}`)
          : new ClientError({ reason: 'unexpected' }, NOT_OPENED(this.#port));
    }
  }

  #finish(failure: ClientError | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#failure = failure;
    this.#settled.fail(failure ?? unreachable('the connection ended before it was open'));
    this.#ended(failure);
    this.#wakeReader();
    this.#wakeWriter();
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next !== undefined) {
        this.#takenBytes += next.length;
        const bytes = this.#taken.toTell(this.#takenBytes);
        if (bytes !== undefined) this.#tell({ type: 'taken', bytes });
        return controller.enqueue(next);
      }
      if (this.#theirEnd || (this.#over && this.#failure === undefined)) return controller.close();
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((resolve) => (this.#wakeReader = resolve));
    }
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.length; from += MAX_FRAME_BYTES) {
      while (this.#unacknowledged.isFull && !this.#over)
        await new Promise<void>((resolve) => (this.#wakeWriter = resolve));
      if (this.#over) throw this.#failure ?? unreachable('the port takes nothing more');
      const piece = bytes.subarray(from, from + MAX_FRAME_BYTES);
      this.#unacknowledged.sent(piece.length);
      // A copy: the writer may use its memory again.
      this.#socket.send(Uint8Array.from(piece));
    }
  }

  #tell(frame: TcpFrame): void {
    if (this.#socket.readyState === OPEN) this.#socket.send(JSON.stringify(frame));
  }
}
