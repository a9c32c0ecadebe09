/**
 * What goes out to one peer, with every answer of `send` looked at: Bun keeps what the peer does not take, up to a
 * limit, and drops frames beyond it.
 *
 *   open ──close──▶ flushing ──drained, or 30 s over──▶ closed
 *     └────────────── a frame was dropped ─────────────────▲
 *
 * Flushing, because a closed socket's backlog is thrown away within seconds: a slow reader of a terminal that has
 * exited would miss its last lines.
 */
import type { Clock } from '../../core/clock.ts';
import { CONTROL_MARK } from '../../protocol/control-mark.ts';
import type { TerminalControlFrame } from '../../protocol/terminal.ts';
import type { Sink } from '../../terminals/sink.ts';

/** Unsent bytes from which on nothing more should come. A frame is 64 KiB at most, so little more than this waits. */
const FULL_BYTES = 256 * 1024;
/** Where Bun itself drops frames: never reached while everybody keeps to the above. */
export const DROP_BYTES = 1024 * 1024;
/** As long as a terminal waits for a reader that takes nothing. */
const FLUSH_MS = 30_000;

/** Bun's socket, as far as it is used here. */
export interface Wire {
  /** Bytes sent, -1 when they wait for the peer, 0 when they were dropped. */
  send(text: string): number;
  ping(): number;
  getBufferedAmount(): number;
  /** At most 123 bytes of reason. */
  close(code: number, reason: string): void;
  terminate(): void;
}

type State =
  | { readonly at: 'open' }
  | { readonly at: 'flushing'; readonly code: number; readonly reason: string; readonly deadline: Disposable }
  | { readonly at: 'closed' };

export class SocketLine implements Sink {
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
    // Answers to a peer that floods us and reads none of them.
    if ((frame.type === 'pong' || frame.type === 'error') && this.#isFull) return false;
    return this.#send(`${CONTROL_MARK}${JSON.stringify(frame)}`);
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

  /** Without waiting for what the peer has not taken. */
  closeNow(code: number, reason: string): void {
    if (this.#state.at === 'closed') return;
    this.gone();
    this.#wire.close(code, reason);
  }

  /** The peer has taken what waited. */
  drained(): void {
    if (this.#state.at === 'flushing' && this.#wire.getBufferedAmount() === 0)
      this.closeNow(this.#state.code, this.#state.reason);
  }

  /** There is no peer any more. */
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
      // What is lost cannot be made good on this socket: the client comes back with the offset it has reached.
      this.gone();
      this.#wire.terminate();
      return false;
    }
    return !this.#isFull;
  }
}
