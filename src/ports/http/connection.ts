/**
 * One connection to a port for requests, one after the other (RFC 9112, 9).
 *
 *   free ──ask──▶ asked ──head of the answer──▶ answering ──end of its body──▶ free
 *                   │                               │                           └──not to be used again──▶ over
 *                   └──no head in time, it breaks, or whoever asked leaves──────────────────────────────────▲
 *
 * It is used again only where both sides have said all of it, and nothing more: a byte too many would be taken for the answer to
 * somebody else.
 */
import { fail, ok, type Result } from '../../core/failure.ts';
import { PortConnection, type ConnectionEnd } from '../connection.ts';
import { AnswerSource } from './answer-source.ts';
import type { Body } from './body.ts';
import type { NoAnswer, PortAnswer, PortRequest } from './exchange.ts';
import { fieldOf } from './fields.ts';
import { bodyOf } from './framing.ts';
import { HeadReader, type AnswerHead } from './head.ts';
import { Upload } from './upload.ts';

/** It ended before it said a word: where it was used before, it may have been over already. */
type Unanswered = NoAnswer | { readonly reason: 'connection-ended' };
export type Answered = Result<PortAnswer, Unanswered>;

/** From here on the pieces of a body that come at once are worth a copy to be one. */
const MANY_PIECES = 64;

export interface HttpConnectionOptions {
  readonly port: number;
  /** That it has for the head of an answer, after the last byte of the request. */
  readonly answerSeconds: number;
  /** It may be asked again. */
  readonly free: (connection: HttpConnection) => void;
  /** A free one has ended. */
  readonly gone: (connection: HttpConnection) => void;
}

interface Asked {
  readonly request: PortRequest;
  readonly settle: (answered: Answered) => void;
  readonly upload: Upload | undefined;
}

interface Answering {
  readonly at: 'answering';
  readonly asked: Asked;
  readonly head: AnswerHead;
  readonly body: Body;
  readonly source: AnswerSource;
}

type State =
  | { readonly at: 'free' }
  | { readonly at: 'asked'; readonly asked: Asked }
  | Answering
  | { readonly at: 'over' };

export class HttpConnection {
  readonly #options: HttpConnectionOptions;
  readonly #connection: PortConnection;
  readonly #heads = new HeadReader();
  #state: State = { at: 'free' };
  #heard = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #drained = Promise.withResolvers<void>();

  constructor(options: HttpConnectionOptions) {
    this.#options = options;
    this.#connection = new PortConnection({
      opened: () => {},
      data: (bytes) => this.#data(bytes),
      drained: () => this.#wake(),
      theirEnd: () => this.#ended('the connection was closed'),
      closed: (end) => this.#closed(end),
    });
    void this.#connection.connect(options.port);
  }

  /** `head`: of the request, as it goes out. `settle` is called once. */
  ask(request: PortRequest, head: Uint8Array, settle: (answered: Answered) => void): void {
    if (this.#state.at !== 'free') return settle(fail({ reason: 'connection-ended' }));
    this.#awaitHead();
    const upload = request.body === undefined ? undefined : this.#upload(request, request.body);
    this.#heard = false;
    this.#state = { at: 'asked', asked: { request, settle, upload } };
    this.#connection.write(head);
    void upload?.send().then((isSent) => {
      if (!isSent) this.leave(request);
    });
  }

  /** Whoever asked that wants no more of it. */
  leave(request: PortRequest): void {
    if ((this.#state.at !== 'asked' && this.#state.at !== 'answering') || this.#state.asked.request !== request) return;
    if (this.#state.at === 'asked') return this.#fail({ reason: 'target-failed', detail: 'nobody waits for it' });
    const { source } = this.#state;
    this.terminate();
    source.break('nobody reads on');
  }

  terminate(): void {
    if (this.#state.at === 'asked' || this.#state.at === 'answering') this.#state.asked.upload?.stop();
    this.#state = { at: 'over' };
    clearTimeout(this.#timer);
    this.#connection.terminate();
    this.#wake();
  }

  #upload(request: PortRequest, body: ReadableStream<Uint8Array>): Upload {
    const stated = fieldOf(request.fields, 'content-length');
    return new Upload({
      body,
      length: stated === undefined ? undefined : Number(stated),
      connection: this.#connection,
      drained: () => this.#drained.promise,
      sent: () => {
        if (this.#state.at === 'asked') this.#awaitHead();
      },
    });
  }

  /** From now on. One timer for all requests, which says nothing to one that is answered already. */
  #awaitHead(): void {
    const seconds = this.#options.answerSeconds;
    if (this.#timer === undefined)
      this.#timer = setTimeout(() => this.#fail({ reason: 'target-silent', seconds }), seconds * 1000);
    else this.#timer.refresh();
  }

  #wake(): void {
    this.#drained.resolve();
    this.#drained = Promise.withResolvers();
  }

  #data(bytes: Uint8Array): void {
    switch (this.#state.at) {
      case 'asked':
        this.#heard = true;
        return this.#readHead(this.#state.asked, bytes);
      case 'answering':
        return this.#readBody(this.#state, bytes);
      case 'free':
        this.terminate();
        return this.#options.gone(this);
      case 'over':
    }
  }

  #readHead(asked: Asked, bytes: Uint8Array): void {
    let rest = bytes;
    do {
      const read = this.#heads.read(rest);
      if (read === undefined) return;
      if (!read.ok) return this.#fail({ reason: 'target-failed', detail: read.failure.detail });
      const { head } = read.value;
      rest = read.value.rest;
      if (head.status >= 200) return this.#answer(asked, head, rest);
      if (head.status < 100 || head.status === 101)
        return this.#fail({ reason: 'target-failed', detail: `its status is ${head.status}` });
      // What comes before the answer itself, such as 103.
    } while (rest.length > 0);
  }

  #answer(asked: Asked, head: AnswerHead, rest: Uint8Array): void {
    const body = bodyOf(head, asked.request.method);
    if (!body.ok) return this.#fail({ reason: 'target-failed', detail: body.failure.detail });
    const taken = body.value.take(rest);
    if (!taken.ok) return this.#fail({ reason: 'target-failed', detail: taken.failure.detail });
    const { pieces, beyond } = taken.value;
    if (body.value.isOver) {
      this.#over(asked, head, beyond === 0);
      return asked.settle(ok({ head, body: joined(pieces) }));
    }
    const source = new AnswerSource({
      pause: () => this.#connection.pause(),
      resume: () => this.#connection.resume(),
      leave: () => this.leave(asked.request),
    });
    pushAll(source, pieces);
    this.#state = { at: 'answering', asked, head, body: body.value, source };
    asked.settle(ok({ head, body: source }));
  }

  #readBody({ asked, head, body, source }: Answering, bytes: Uint8Array): void {
    const taken = body.take(bytes);
    if (!taken.ok) return this.#break(source, taken.failure.detail);
    pushAll(source, taken.value.pieces);
    if (!body.isOver) return;
    source.end();
    this.#over(asked, head, taken.value.beyond === 0);
  }

  /** The answer is whole. */
  #over({ request, upload }: Asked, head: AnswerHead, mayBeKept: boolean): void {
    const isSent = upload === undefined || upload.isWhole;
    if (!mayBeKept || !isSent || !staysOpen(head) || logsConnectionIn(request)) return this.terminate();
    this.#state = { at: 'free' };
    this.#connection.resume();
    this.#options.free(this);
  }

  #break(source: AnswerSource, detail: string): void {
    this.terminate();
    source.break(detail);
  }

  #fail(failure: Unanswered): void {
    if (this.#state.at !== 'asked') return;
    const { settle } = this.#state.asked;
    this.terminate();
    settle(fail(failure));
  }

  #ended(detail: string): void {
    switch (this.#state.at) {
      case 'asked':
        return this.#fail(this.#heard ? { reason: 'target-failed', detail } : { reason: 'connection-ended' });
      case 'answering': {
        const { body, source } = this.#state;
        if (!body.end()) return this.#break(source, detail);
        source.end();
        return this.terminate();
      }
      case 'free':
        this.terminate();
        return this.#options.gone(this);
      case 'over':
    }
  }

  #closed(end: ConnectionEnd): void {
    if (end.is === 'refused') return this.#fail({ reason: 'nothing-listens' });
    // Of a body that lasts as long as the connection, nobody knows that this was all of it (RFC 9112, 8).
    if (end.is === 'broken' && this.#state.at === 'answering') return this.#break(this.#state.source, end.detail);
    this.#ended(end.is === 'broken' ? end.detail : 'the connection was closed');
  }
}

/** Each piece takes a turn of whoever reads it: those of chunks of a byte kept everybody else from theirs for seconds. */
function pushAll(source: AnswerSource, pieces: readonly Uint8Array[]): void {
  for (const piece of pieces.length > MANY_PIECES ? [joined(pieces)] : pieces) source.push(piece);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [only = new Uint8Array(), ...others] = pieces;
  return others.length === 0 ? only : Buffer.concat(pieces);
}

/** With these schemes a port takes all that comes on the connection for that user's (RFC 4559, 6): the next request may be another's. */
const logsConnectionIn = ({ fields }: PortRequest): boolean =>
  fields.some(([name, value]) => name === 'authorization' && /^(?:ntlm|negotiate)\b/i.test(value));

/** RFC 9112, 9.3. One for HTTP/1.0 would have to be asked for. */
function staysOpen({ minorVersion, fields }: AnswerHead): boolean {
  if (minorVersion === 0) return false;
  return fields.every(([name, value]) => name !== 'connection' || value.toLowerCase() === 'keep-alive');
}
