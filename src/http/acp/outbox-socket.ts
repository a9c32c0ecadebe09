/**
 * Sends an outbox over a socket, at its client's pace: the next message is taken while less than a mebibyte waits in the socket.
 *
 *   open ──close──▶ flushing ──all is read, or nothing for 60 s──▶ closed
 *     └── the client takes nothing for 60 s, a message is too long, Bun drops one ──▶ closed
 */
import type { ConnectionEnd, OutboxReader, OutboxReading } from '../../agents/clients/client.ts';
import type { Clock } from '../../core/clock.ts';
import { CLOSE_CODES } from '../../core/close-codes.ts';
import { isLongerThan } from '../sockets/frame-length.ts';
import type { Wire } from '../sockets/kind.ts';
import { MAX_SENT_BYTES, STALLED_MS, WINDOW_BYTES } from './limits.ts';

type State =
  | { readonly at: 'new' }
  | { readonly at: 'open'; readonly wire: Wire; readonly reading: OutboxReading }
  | { readonly at: 'flushing'; readonly wire: Wire; readonly code: number; readonly reason: string }
  | { readonly at: 'closed' };

export class OutboxSocket implements OutboxReader {
  readonly #clock: Clock;
  /** Called when messages were sent: some requests may have been answered. */
  readonly #sent: () => void;
  #state: State = { at: 'new' };
  /** When the client took something the last time, while anything waits for it. */
  #takenAt = 0;
  #stall: Disposable | undefined;

  constructor(clock: Clock, sent: () => void) {
    this.#clock = clock;
    this.#sent = sent;
  }

  open(wire: Wire, reading: OutboxReading): void {
    this.#state = { at: 'open', wire, reading };
    this.ready();
  }

  ready(): void {
    let budget = WINDOW_BYTES;
    while (this.#state.at === 'open' && this.#state.wire.getBufferedAmount() < WINDOW_BYTES) {
      const { wire, reading } = this.#state;
      const message = reading.next();
      if (message === undefined) break;
      if (isLongerThan(message.text, MAX_SENT_BYTES))
        return this.closeNow(CLOSE_CODES.policyViolation, 'message too long');
      // What is lost is sent again to a client that comes back; on this socket the order would be wrong.
      if (wire.send(message.text) === 0) return this.#terminate(wire);
      // A client that keeps up with a long history would otherwise have the whole server to itself.
      budget -= message.text.length;
      if (budget <= 0) {
        setImmediate(() => this.ready());
        break;
      }
    }
    this.#watch();
    if (this.#state.at === 'open') this.#sent();
  }

  ended(why: 'replaced' | ConnectionEnd): void {
    switch (why) {
      case 'replaced':
        return this.closeNow(CLOSE_CODES.goingAway, 'another socket goes on with this connection');
      case 'agent-gone':
        return this.close(CLOSE_CODES.internalError, 'the agent has ended');
      case 'shutting-down':
        return this.close(CLOSE_CODES.goingAway, 'Server is going down');
      case 'expired':
        // With a socket it does so for one reason alone.
        return this.close(CLOSE_CODES.policyViolation, 'initialize is missing');
      case 'closed':
        // By the client, or with its key: then the hub closes every socket of it in words of its own.
        return this.gone();
    }
  }

  /** Once the client has read what waits for it. */
  close(code: number, reason: string): void {
    if (this.#state.at !== 'open') return;
    const { wire, reading } = this.#state;
    if (wire.getBufferedAmount() === 0) return this.closeNow(code, reason);
    this.#state = { at: 'flushing', wire, code, reason };
    reading[Symbol.dispose]();
    this.#watch();
  }

  closeNow(code: number, reason: string): void {
    const wire = this.#wire;
    this.gone();
    wire?.close(code, reason);
  }

  /** The client has read some of what waited. */
  drained(): void {
    this.#takenAt = this.#clock.monotonic();
    if (this.#state.at !== 'flushing') this.ready();
    else if (this.#state.wire.getBufferedAmount() === 0) this.closeNow(this.#state.code, this.#state.reason);
  }

  /** The socket is closed. */
  gone(): void {
    const state = this.#state;
    this.#state = { at: 'closed' };
    this.#stall?.[Symbol.dispose]();
    this.#stall = undefined;
    if (state.at === 'open') state.reading[Symbol.dispose]();
  }

  get #wire(): Wire | undefined {
    return 'wire' in this.#state ? this.#state.wire : undefined;
  }

  #terminate(wire: Wire): void {
    this.gone();
    wire.terminate();
  }

  /** While something waits, its reader has to get on. */
  #watch(): void {
    if (this.#stall !== undefined || (this.#wire?.getBufferedAmount() ?? 0) === 0) return;
    this.#takenAt = this.#clock.monotonic();
    this.#look(STALLED_MS);
  }

  #look(afterMs: number): void {
    this.#stall = this.#clock.after(afterMs, () => {
      this.#stall = undefined;
      if ((this.#wire?.getBufferedAmount() ?? 0) === 0) return;
      const left = this.#takenAt + STALLED_MS - this.#clock.monotonic();
      if (left > 0) this.#look(left);
      else this.closeNow(CLOSE_CODES.policyViolation, 'output stalled');
    });
  }
}
