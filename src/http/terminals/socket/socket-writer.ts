/**
 * Writes to the peer of one terminal socket. Every result of `send` is checked: Bun buffers what the peer does not
 * read up to a limit, and drops frames beyond it.
 *
 *   open ──close──▶ flushing ──drained, or 30 s over──▶ closed
 *     └────────────── a frame was dropped ─────────────────▲
 *
 * Flushing, because the backlog of a closed socket is discarded within seconds: a slow reader of a terminal that has
 * exited would miss its last lines.
 */
import type { Clock } from '../../../core/clock.ts';
import { CONTROL_MARK } from '../../../protocol/control-mark.ts';
import type { TerminalControlFrame } from '../../../protocol/terminal-frames.ts';
import type { Sink } from '../../../terminals/sink.ts';
import type { Wire } from '../../sockets/kind.ts';

/** With this many unsent bytes the terminal pauses. A frame is 64 KiB at most, so little more than this waits. */
const FULL_BYTES = 256 * 1024;
/** As long as a terminal waits for a reader that reads nothing. */
const FLUSH_MS = 30_000;

type State =
  | { readonly at: 'open' }
  | { readonly at: 'flushing'; readonly code: number; readonly reason: string; readonly deadline: Disposable }
  | { readonly at: 'closed' };

export class SocketWriter implements Sink {
  readonly #wire: Wire;
  readonly #clock: Clock;
  #state: State = { at: 'open' };

  constructor(wire: Wire, clock: Clock) {
    this.#wire = wire;
    this.#clock = clock;
  }

  get isOpen(): boolean {
    return this.#state.at === 'open';
  }

  output(text: string): boolean {
    return this.#send(text);
  }

  control(frame: TerminalControlFrame): boolean {
    // Answers to a peer that floods the server with frames and reads none of the answers.
    if ((frame.type === 'pong' || frame.type === 'error') && this.#isFull) return false;
    return this.#send(`${CONTROL_MARK}${JSON.stringify(frame)}`);
  }

  /** An error frame that says why, then the close. */
  refuse(code: number, message: string, reason: string = message): void {
    this.control({ type: 'error', message });
    this.close(code, cut(reason));
  }

  close(code: number, reason: string): void {
    if (this.#state.at !== 'open') return;
    if (this.#wire.getBufferedAmount() === 0) return this.closeNow(code, reason);
    this.#state = {
      at: 'flushing',
      code,
      reason,
      deadline: this.#clock.after(FLUSH_MS, () => this.closeNow(code, reason)),
    };
  }

  /** Without waiting for what the peer has not read. */
  closeNow(code: number, reason: string): void {
    if (this.#state.at === 'closed') return;
    this.gone();
    this.#wire.close(code, reason);
  }

  /** The peer has read what waited. */
  drained(): void {
    if (this.#state.at === 'flushing' && this.#wire.getBufferedAmount() === 0)
      this.closeNow(this.#state.code, this.#state.reason);
  }

  /** The connection is closed. */
  gone(): void {
    if (this.#state.at === 'flushing') this.#state.deadline[Symbol.dispose]();
    this.#state = { at: 'closed' };
  }

  get #isFull(): boolean {
    return this.#wire.getBufferedAmount() >= FULL_BYTES;
  }

  #send(text: string): boolean {
    if (this.#state.at !== 'open') return false;
    if (this.#wire.send(text) === 0) {
      // What is lost cannot be repeated on this socket: the client reconnects with the offset it has reached.
      this.gone();
      this.#wire.terminate();
      return false;
    }
    return !this.#isFull;
  }
}

/** A close frame has room for 123 bytes of reason. */
function cut(reason: string): string {
  const { read } = new TextEncoder().encodeInto(reason, new Uint8Array(123));
  return reason.slice(0, read);
}
