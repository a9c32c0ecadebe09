/**
 * A WebSocket to a port of this machine, as its client.
 *
 *   asking ──101──▶ held (the port waits) ──listen──▶ open ──close frame of either side──▶ closing ──it ends, 5 s──▶ closed
 *      └──any other answer, none, or a wrong one──▶ failure       └──it breaks, or says something wrong──────────────▲
 *
 * Bun's own WebSocket says nothing of an answer that refuses, and cannot be told to wait; so this is the protocol itself, on a
 * plain connection.
 */
import { CLOSE_CODES } from '../../core/close-codes.ts';
import { fail, ok, type Result } from '../../core/failure.ts';
import { MAX_WAITING_BYTES, PortConnection, type ConnectionEnd } from '../connection.ts';
import type { Field } from '../http/fields.ts';
import { HeadReader, type AnswerHead } from '../http/head.ts';
import { clientFrame, closePayload, FrameReader, OPCODES, type Received } from './frames.ts';
import { readAccepted, upgradeRequest, type AskedUpgrade } from './handshake.ts';
import { RefusalBody } from './refusal-body.ts';

export interface SocketTarget {
  readonly port: number;
  readonly path: string;
  readonly fields: readonly Field[];
  /** Seconds that it has for its answer. */
  readonly answerSeconds: number;
  /** Aborts when nobody waits for its answer any more; says nothing to one that is open. */
  readonly signal: AbortSignal;
}

export type NoSocket =
  | { readonly reason: 'nothing-listens' }
  | { readonly reason: 'target-silent' }
  | { readonly reason: 'target-failed'; readonly detail: string }
  | { readonly reason: 'request-impossible' }
  /** Its own answer; without a body where that is not whole, or long. */
  | { readonly reason: 'target-refused'; readonly head: AnswerHead; readonly body: Uint8Array | undefined };

export interface TargetListener {
  message(data: string | Uint8Array): void;
  /** Called once, and last: 1005 without a code, 1006 without a close frame. */
  closed(code: number, reason: string): void;
}

const CLOSE_MS = 5000;

type State =
  | { readonly at: 'asking'; readonly settle: (result: Result<TargetSocket, NoSocket>) => void; readonly timer: Timer }
  | { readonly at: 'held' }
  | { readonly at: 'open'; readonly listener: TargetListener }
  | { readonly at: 'closing'; readonly timer: Timer }
  | { readonly at: 'closed' };
type Timer = ReturnType<typeof setTimeout>;

export class TargetSocket {
  readonly #asked: AskedUpgrade;
  readonly #connection: PortConnection;
  readonly #frames = new FrameReader();
  #state: State = { at: 'closed' };
  readonly #heads = new HeadReader();
  #refusal: { readonly head: AnswerHead; readonly body: RefusalBody } | undefined;
  #answer: AnswerHead | undefined;
  /** Come before anybody listened. */
  #early: Received[] = [];
  #ended = false;

  /** Resolves when the target has answered. */
  static open({ port, path, fields, answerSeconds, signal }: SocketTarget): Promise<Result<TargetSocket, NoSocket>> {
    const key = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64');
    const asked = { path, fields, key };
    const request = upgradeRequest(asked);
    if (request === undefined) return Promise.resolve(fail({ reason: 'request-impossible' }));
    const { promise, resolve } = Promise.withResolvers<Result<TargetSocket, NoSocket>>();
    const socket = new TargetSocket(asked);
    const timer = setTimeout(() => socket.#late(), answerSeconds * 1000);
    socket.#state = { at: 'asking', settle: resolve, timer };
    socket.#connection.write(request);
    void socket.#connection.connect(port);
    const leave = () => socket.#fail({ reason: 'target-failed', detail: 'nobody waits for it' });
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    return promise;
  }

  private constructor(asked: AskedUpgrade) {
    this.#asked = asked;
    this.#connection = new PortConnection({
      opened: () => {},
      data: (bytes) => this.#data(bytes),
      theirEnd: () => this.#theirEnd(),
      closed: (end) => this.#closed(end),
    });
  }

  /** Of its 101. */
  get fields(): readonly Field[] {
    return this.#answer?.fields ?? [];
  }

  /** Bytes that the port has not taken yet. */
  get waiting(): number {
    return this.#connection.waiting;
  }

  /** From here on it is heard; called once. */
  listen(listener: TargetListener): void {
    if (this.#state.at !== 'held') return listener.closed(CLOSE_CODES.abnormal, '');
    this.#state = { at: 'open', listener };
    for (const received of this.#early.splice(0)) this.#take(received);
    if (this.#ended) this.#over(CLOSE_CODES.abnormal, '');
    this.#connection.resume();
  }

  send(data: string | Uint8Array): void {
    if (this.#state.at !== 'open') return;
    if (typeof data === 'string') this.#write(OPCODES.text, new TextEncoder().encode(data));
    else this.#write(OPCODES.binary, data);
  }

  /** The port is not heard until `resume`, so that it waits. */
  pause(): void {
    this.#connection.pause();
  }

  resume(): void {
    this.#connection.resume();
  }

  /** Nothing more is heard. A code that no frame may have is left out; what was sent before goes out first. */
  close(code: number, reason: string): void {
    if (this.#state.at !== 'open' && this.#state.at !== 'held') return;
    this.#state = { at: 'closing', timer: setTimeout(() => this.terminate(), CLOSE_MS) };
    this.#write(OPCODES.close, closePayload(code, reason));
    this.#connection.resume();
  }

  terminate(): void {
    if (this.#state.at === 'asking' || this.#state.at === 'closing') clearTimeout(this.#state.timer);
    this.#state = { at: 'closed' };
    this.#connection.terminate();
  }

  #write(opcode: (typeof OPCODES)[keyof typeof OPCODES], payload: Uint8Array): void {
    this.#connection.write(clientFrame(opcode, payload, crypto.getRandomValues(new Uint8Array(4))));
  }

  #data(bytes: Uint8Array): void {
    switch (this.#state.at) {
      case 'asking':
        return this.#answered(bytes);
      case 'held':
      case 'open':
      case 'closing':
        for (const received of this.#frames.read(bytes)) this.#take(received);
        return;
      case 'closed':
    }
  }

  #take(received: Received): void {
    if (this.#state.at === 'held') return void this.#early.push(received);
    if (this.#state.at === 'closing' && received.is === 'close') return this.terminate();
    if (this.#state.at !== 'open') return;
    switch (received.is) {
      case 'message':
        return this.#state.listener.message(received.data);
      case 'ping':
        // A target that asks without end and takes no answer gets no more of them.
        if (this.waiting <= MAX_WAITING_BYTES) this.#write(OPCODES.pong, received.data);
        return;
      case 'close':
        return this.#over(received.code, received.reason);
      case 'wrong':
        // What it said wrong is for the target to know; to the other side it broke, but for a message that is too big.
        return this.#over(
          received.code === CLOSE_CODES.messageTooBig ? received.code : CLOSE_CODES.abnormal,
          '',
          received.code,
        );
    }
  }

  /** The target's part is over: it is told so, and ends the connection. */
  #over(code: number, reason: string, answer = code): void {
    if (this.#state.at !== 'open') return;
    const { listener } = this.#state;
    this.close(answer, reason);
    this.#connection.end();
    listener.closed(code, reason);
  }

  #answered(bytes: Uint8Array): void {
    if (this.#refusal !== undefined) {
      this.#refusal.body.add(bytes);
      return this.#refused(false);
    }
    const read = this.#heads.read(bytes);
    if (read === undefined) return;
    if (!read.ok) return this.#fail({ reason: 'target-failed', detail: read.failure.detail });
    const { head, rest } = read.value;
    if (head.status === 101) return this.#accepted(head, rest);
    // What comes before the answer itself, such as 103.
    if (head.status < 200) return rest.length > 0 ? this.#answered(rest) : undefined;
    this.#refusal = { head, body: new RefusalBody(head) };
    this.#refusal.body.add(rest);
    this.#refused(false);
  }

  #accepted(head: AnswerHead, rest: Uint8Array): void {
    const accepted = readAccepted(this.#asked, head);
    if (!accepted.ok) return this.#fail({ reason: 'target-failed', detail: accepted.failure.detail });
    if (this.#state.at !== 'asking') return;
    const { settle, timer } = this.#state;
    clearTimeout(timer);
    this.#answer = head;
    this.#state = { at: 'held' };
    this.#connection.pause();
    if (rest.length > 0) this.#data(rest);
    settle(ok(this));
  }

  #late(): void {
    this.#refused(true);
    this.#fail({ reason: 'target-silent' });
  }

  /** `over`: nothing more of it comes, or is waited for. */
  #refused(over: boolean): void {
    if (this.#refusal === undefined || (!over && !this.#refusal.body.isOver)) return;
    const { head, body } = this.#refusal;
    this.#fail({ reason: 'target-refused', head, body: body.bytes });
  }

  #fail(failure: NoSocket): void {
    if (this.#state.at !== 'asking') return;
    const { settle } = this.#state;
    this.terminate();
    settle(fail(failure));
  }

  #theirEnd(): void {
    if (this.#state.at === 'asking') {
      this.#refused(true);
      return this.#fail({ reason: 'target-failed', detail: 'the connection was closed' });
    }
    this.#ended = true;
    if (this.#state.at === 'closing') this.terminate();
    else this.#over(CLOSE_CODES.abnormal, '');
  }

  #closed(end: ConnectionEnd): void {
    if (this.#state.at === 'asking' && end.is === 'refused') return this.#fail({ reason: 'nothing-listens' });
    this.#theirEnd();
  }
}
