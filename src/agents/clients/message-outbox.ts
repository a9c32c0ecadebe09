/**
 * The messages for a client in one order, made when they are read: what nobody reads stays where it comes from. Those that
 * were read stay for a while, for a client that has lost its connection on the way.
 */
import type { Clock } from '../../core/clock.ts';
import { fail, ok, type Result } from '../../core/failure.ts';
import type { ConnectionEnd, Outbox, OutboxFailure, OutboxReader, OutboxReading, Outgoing } from './client.ts';
import { notificationText } from './json-rpc.ts';
import { Queue, type Source } from './sources.ts';
import { Tail } from './tail.ts';

/** In place of a message that cannot be read again: its session was removed. Clients pass over what begins with `$/`. */
const REMOVED = notificationText('$/removed', {});

export class MessageOutbox implements Outbox {
  /** What goes before everything else. */
  readonly direct = new Queue();
  readonly #tail: Tail;
  readonly #sources: Source[] = [];
  #reader: OutboxReader | undefined;
  #waits: Disposable[] = [];
  /** The number of the message that was read last. */
  #position = 0;
  #end: ConnectionEnd | undefined;

  constructor(clock: Clock) {
    this.#tail = new Tail(clock);
  }

  get last(): number {
    return this.#tail.last;
  }

  /** Somebody reads it. */
  get isRead(): boolean {
    return this.#reader !== undefined;
  }

  /** Nobody reads it, and it has nothing to say. */
  get isIdle(): boolean {
    return this.#reader === undefined && this.direct.isEmpty;
  }

  add(source: Source): void {
    this.#sources.push(source);
    this.wake();
  }

  open(after: number | undefined, reader: OutboxReader): Result<OutboxReading, OutboxFailure> {
    const { last, first } = this.#tail;
    if (after !== undefined && after > last) return fail({ reason: 'beyond-last', last });
    if (after !== undefined && after < first - 1) return fail({ reason: 'not-kept' });
    this.#leave('replaced');
    this.#position = after ?? last;
    this.#reader = reader;
    return ok({
      next: () => (this.#reader === reader ? this.#next() : undefined),
      [Symbol.dispose]: () => {
        if (this.#reader === reader) this.#leave();
      },
    });
  }

  /** Whoever reads is told so when it has read the rest; who comes later, too. */
  end(why: ConnectionEnd): void {
    this.#end ??= why;
    this.wake();
  }

  #next(): Outgoing | undefined {
    if (this.#position < this.#tail.last) {
      this.#position += 1;
      return { number: this.#position, text: this.#tail.text(this.#position) ?? REMOVED };
    }
    const message = this.#fresh();
    if (message !== undefined) return { number: (this.#position = this.#tail.add(message)), text: message.text };
    if (this.#end === undefined) this.#wait();
    else this.#leave(this.#end);
    return undefined;
  }

  #fresh() {
    const direct = this.direct.next();
    if (direct !== undefined) return direct;
    for (let tries = this.#sources.length; tries > 0; tries -= 1) {
      // Each gets its turn: one with much to say does not hold up the others.
      const source = this.#sources.shift();
      if (source === undefined) break;
      const message = source.next();
      if (!source.over || message !== undefined) this.#sources.push(source);
      if (message !== undefined) return message;
    }
    return undefined;
  }

  #wait(): void {
    if (this.#waits.length > 0) return;
    this.#waits = [this.direct, ...this.#sources].map((source) => source.once(() => this.wake()));
  }

  /** There may be something to read, or to send. */
  wake(): void {
    for (const wait of this.#waits.splice(0)) wait[Symbol.dispose]();
    this.#reader?.ready();
  }

  #leave(why?: 'replaced' | ConnectionEnd): void {
    for (const wait of this.#waits.splice(0)) wait[Symbol.dispose]();
    const reader = this.#reader;
    this.#reader = undefined;
    if (why !== undefined) reader?.ended(why);
  }
}
