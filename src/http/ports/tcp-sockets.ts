/**
 * `/ports/{port}/tcp`: one TCP connection to a port of the machine over a WebSocket.
 *
 * Binary frames are its bytes. Text frames are control, as JSON: `{"type":"open"}` once it is connected, `{"type":"eof"}` when a
 * side has said all it has to say, either way. It is closed with 1000 at the end of both, 4502 where nothing listens, 1011 where
 * the connection broke.
 *
 * A WebSocket has no way to tell its other end to wait. With `?acknowledge=1` each side says how much was taken so far,
 * `{"type":"taken","bytes":N}`, and neither sends more than 4 MiB beyond that: a slow program at either end then slows the other
 * down, and nothing is cut off.
 */
import { CLOSE_CODES } from '../../core/close-codes.ts';
import { invalidRequest } from '../../core/invalid-request.ts';
import type { AllowedPorts } from '../../ports/allowed.ts';
import { MAX_WAITING_BYTES, PortConnection, type ConnectionEnd } from '../../ports/connection.ts';
import { readTcpFrame, type TcpFrame } from '../../protocol/tcp-frame.ts';
import { Taken, Unacknowledged } from '../../core/acknowledged-bytes.ts';
import type { SocketHandler, SocketKind, SocketRefusal, Wire } from '../sockets/kind.ts';
import { wireRefusals } from '../wire/failures.ts';
import { responseTo } from './failures.ts';

/** What the client has not taken: from here on the port waits. */
const PAUSE_BYTES = 1024 * 1024;
const MAX_FRAME_BYTES = 16 * 1024 * 1024;

const WRONG_FRAME = 'a text frame must be {"type":"eof"}, or with acknowledge=1 {"type":"taken","bytes":N}';

export const tcpSockets = (allowed: AllowedPorts): SocketKind => ({
  paths: ['/ports/:port/tcp'],
  maxFrameBytes: MAX_FRAME_BYTES,
  scopeOf: () => 'ports',
  subjectOf: () => ({}),
  prepare({ path, query }, caller) {
    const [, , digits = ''] = path.split('/');
    const port = /^[1-9]\d{0,4}$/.test(digits) ? Number(digits) : Number.NaN;
    if (!(port <= 65_535)) return responseTo(invalidRequest('port must be a whole number from 1 to 65535').failure);
    const acknowledges = query.get('acknowledge') ?? '0';
    if (!/^[01]$/.test(acknowledges)) return responseTo(invalidRequest('acknowledge must be 0 or 1').failure);
    const permitted = allowed.check(port, caller.ports);
    if (!permitted.ok) return responseTo(permitted.failure);
    return { subject: { port: digits }, open: (wire) => new TcpSocket(wire, port, acknowledges === '1') };
  },
  refuse: (refusal) => (wire) => wire.close(...reasonOf(refusal)),
});

function reasonOf(refusal: SocketRefusal): [number, string] {
  switch (refusal.reason) {
    case 'key-invalid':
      return [CLOSE_CODES.unauthorized, 'Invalid API key'];
    case 'scope-missing':
      return [CLOSE_CODES.policyViolation, wireRefusals.sentenceOf(refusal)];
    case 'too-many-sockets':
      return [CLOSE_CODES.tryAgainLater, `Max sockets (${refusal.limit}) reached`];
  }
}

class TcpSocket implements SocketHandler {
  readonly #wire: Wire;
  readonly #port: number;
  readonly #connection: PortConnection;
  /** Undefined where the client does not say what it took. */
  readonly #unacknowledged: Unacknowledged | undefined;
  readonly #taken = new Taken();
  #received = 0;
  #closed = false;

  constructor(wire: Wire, port: number, acknowledges: boolean) {
    this.#wire = wire;
    this.#port = port;
    this.#unacknowledged = acknowledges ? new Unacknowledged() : undefined;
    this.#connection = new PortConnection({
      opened: () => this.#tell('open'),
      data: (bytes) => this.#pass(bytes),
      drained: () => this.#acknowledge(),
      theirEnd: () => this.#tell('eof'),
      closed: (end) => this.#over(end),
    });
  }

  begin(): void {
    void this.#connection.connect(this.#port);
  }

  message(data: string | Uint8Array): void {
    if (typeof data === 'string') return this.#control(data);
    // Bun may use its memory again.
    this.#connection.write(new Uint8Array(data));
    this.#received += data.length;
    this.#acknowledge();
    if (this.#connection.waiting > MAX_WAITING_BYTES)
      this.#leave(CLOSE_CODES.tryAgainLater, 'the port does not take what is sent to it');
  }

  drained(): void {
    this.#resume();
  }

  goAway(): void {
    this.#leave(CLOSE_CODES.goingAway, 'the server is shutting down');
  }

  closed(): void {
    this.#closed = true;
    this.#connection.terminate();
  }

  #control(text: string): void {
    const frame = readTcpFrame(text);
    if (frame?.type === 'eof') this.#connection.end();
    else if (frame?.type === 'taken' && this.#unacknowledged?.acknowledge(frame.bytes) === true) this.#resume();
    else this.#leave(CLOSE_CODES.policyViolation, WRONG_FRAME);
  }

  #pass(bytes: Uint8Array): void {
    if (this.#closed) return;
    this.#wire.send(bytes);
    this.#unacknowledged?.sent(bytes.length);
    if (this.#isFull) this.#connection.pause();
  }

  #resume(): void {
    if (!this.#isFull) this.#connection.resume();
  }

  get #isFull(): boolean {
    return this.#wire.getBufferedAmount() >= PAUSE_BYTES || this.#unacknowledged?.isFull === true;
  }

  /** Tells the client what the port has taken. */
  #acknowledge(): void {
    if (this.#unacknowledged === undefined || this.#closed) return;
    const bytes = this.#taken.toTell(this.#received - this.#connection.waiting);
    if (bytes !== undefined) this.#wire.send(JSON.stringify({ type: 'taken', bytes } satisfies TcpFrame));
  }

  #tell(type: 'open' | 'eof'): void {
    if (!this.#closed) this.#wire.send(JSON.stringify({ type }));
  }

  #over(end: ConnectionEnd): void {
    switch (end.is) {
      case 'refused':
        return this.#leave(CLOSE_CODES.nothingListens, `nothing listens on port ${this.#port}`);
      case 'ended':
        return this.#leave(CLOSE_CODES.normal, 'the connection has ended');
      case 'broken':
        return this.#leave(CLOSE_CODES.internalError, 'the connection broke');
    }
  }

  #leave(code: number, reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#connection.terminate();
    this.#wire.close(code, reason);
  }
}
