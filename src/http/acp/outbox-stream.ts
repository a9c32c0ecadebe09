/**
 * An outbox as Server-Sent Events, whose ids are the numbers of its messages.
 *
 *   comment `open` ──▶ (message | comment `keepalive` after 15 s of silence)* ──▶ over
 *
 *   over: the outbox is taken over by another stream, the connection has ended, the client leaves: an end like any other;
 *         the client took nothing for 60 s, or a message is too long: the connection breaks
 *
 * Pulled: messages are taken when the client has read those before, so a client that stops reading costs a mebibyte or one
 * message, and nobody else's time. https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
import type { ConnectionEnd, OutboxReader, OutboxReading } from '../../agents/clients/client.ts';
import type { Clock } from '../../core/clock.ts';
import { isLongerThan } from '../sockets/frame-length.ts';
import { lastingAnswer } from '../wire/lasting.ts';
import { MAX_SENT_BYTES, STALLED_MS } from './limits.ts';
import { EVENT_STREAM_HEADERS } from '../wire/event-stream-headers.ts';

/** Bun holds the head of an answer back until its first byte, and clients await it before they send anything (bun PR 33660). */
const OPEN = ': open\n\n';
const KEEPALIVE = ': keepalive\n\n';
const SILENCE_MS = 15_000;
/** Of one write: small messages go together, and a long one in pieces, so that it shows whether its reader gets on. */
const PIECE_BYTES = 64 * 1024;

type Controller = ReadableStreamDefaultController<Uint8Array>;

type State =
  | { readonly at: 'new' }
  | { readonly at: 'open'; readonly reading: OutboxReading; readonly attached: Disposable }
  | { readonly at: 'over' };

export class OutboxStream implements OutboxReader {
  readonly #clock: Clock;
  readonly #encoder = new TextEncoder();
  #state: State = { at: 'new' };
  #controller: Controller | undefined;
  /** What was begun of a long message and is not written yet. */
  #rest: Uint8Array | undefined;
  /** What was read so far is all that there is. */
  #last = false;
  /** Resolves what the pull waits for, while there is nothing to write. */
  #wake: (() => void) | undefined;
  #timer: Disposable | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The answer to the request that asked for it; `attached` is disposed of when it is over. */
  answer(reading: OutboxReading, attached: Disposable, headers: Readonly<Record<string, string>>): Response {
    this.#state = { at: 'open', reading, attached };
    const stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
          controller.enqueue(this.#encoder.encode(OPEN));
        },
        pull: (controller) => this.#pull(controller),
        cancel: () => this.leave(),
      },
      { highWaterMark: 0 },
    );
    return lastingAnswer(new Response(stream, { headers: { ...headers, ...EVENT_STREAM_HEADERS } }), 'end');
  }

  ready(): void {
    this.#wake?.();
  }

  ended(why: 'replaced' | ConnectionEnd): void {
    if (why === 'replaced' || why === 'closed') return this.leave();
    this.#last = true;
    this.#wake?.();
  }

  /** The client is gone, or gets nothing more. */
  leave(): void {
    if (this.#state.at !== 'open') return;
    const { reading, attached } = this.#state;
    this.#state = { at: 'over' };
    this.#setTimer(undefined);
    reading[Symbol.dispose]();
    attached[Symbol.dispose]();
    this.#wake?.();
    closeQuietly(this.#controller);
  }

  get #isOver(): boolean {
    return this.#state.at === 'over';
  }

  /** Resolves when something was written, or nothing ever will be again. */
  async #pull(controller: Controller): Promise<void> {
    this.#setTimer(undefined);
    while (this.#state.at === 'open') {
      const piece = this.#nextPiece(this.#state.reading);
      if (piece !== undefined) return this.#write(controller, piece);
      if (this.#last) return this.leave();
      if (await this.#silent()) return this.#write(controller, this.#encoder.encode(KEEPALIVE));
    }
  }

  #write(controller: Controller, bytes: Uint8Array): void {
    controller.enqueue(bytes);
    // Called off by the next pull, which comes when this was taken.
    this.#setTimer(this.#clock.after(STALLED_MS, () => this.#break('output stalled')));
  }

  #nextPiece(reading: OutboxReading): Uint8Array | undefined {
    if (this.#rest === undefined) {
      let text = '';
      while (text.length < PIECE_BYTES) {
        const message = reading.next();
        if (message === undefined) break;
        if (isLongerThan(message.text, MAX_SENT_BYTES)) return this.#break('a message is too long');
        text += `id: ${message.number}\ndata: ${oneLine(message.text)}\n\n`;
      }
      if (text === '') return undefined;
      this.#rest = this.#encoder.encode(text);
    }
    const piece = this.#rest.subarray(0, PIECE_BYTES);
    this.#rest = piece.length === this.#rest.length ? undefined : this.#rest.subarray(PIECE_BYTES);
    return piece;
  }

  /** False when there may be something to write, or the stream is over. */
  async #silent(): Promise<boolean> {
    if (this.#isOver) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#wake = () => resolve(false);
    this.#setTimer(this.#clock.after(SILENCE_MS, () => resolve(true)));
    const silent = await promise;
    this.#wake = undefined;
    this.#setTimer(undefined);
    return silent;
  }

  #break(why: string): undefined {
    const controller = this.#controller;
    this.#controller = undefined;
    this.leave();
    controller?.error(new Error(why));
  }

  #setTimer(timer: Disposable | undefined): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = timer;
  }
}

/** A carriage return is white space in JSON, and the end of a line in a stream. */
const oneLine = (json: string): string => (json.includes('\r') ? json.replaceAll('\r', ' ') : json);

/** A stream that its reader cancelled is closed already, and says so by throwing. */
function closeQuietly(controller: Controller | undefined): void {
  try {
    controller?.close();
  } catch {
    // Closed is what it was to be.
  }
}
