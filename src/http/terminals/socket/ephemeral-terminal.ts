/**
 * The limits of a terminal that a socket opened for itself (the inherited kind): it ends with its socket, and the socket
 * is closed after too long a time without input, or when it is too old.
 */
import { CLOSE_CODES } from '../../../core/close-codes.ts';
import type { Clock } from '../../../core/clock.ts';
import type { ControlFrame, Sink } from '../../../terminals/sink.ts';

export interface EphemeralLimits {
  /** Milliseconds without input; 0: never. */
  readonly idleMs: number;
  /** Milliseconds from its opening; 0: never. */
  readonly lifetimeMs: number;
}

export class EphemeralTimers implements Disposable {
  readonly #clock: Clock;
  readonly #idleMs: number;
  readonly #timers = new Map<'idle' | 'lifetime', Disposable>();
  readonly #close: (code: number, reason: string) => void;
  #lastInputAt: number;

  constructor({ idleMs, lifetimeMs }: EphemeralLimits, clock: Clock, close: (code: number, reason: string) => void) {
    this.#clock = clock;
    this.#idleMs = idleMs;
    this.#close = close;
    this.#lastInputAt = clock.monotonic();
    if (idleMs > 0) this.#watchIdle(idleMs);
    if (lifetimeMs > 0) {
      const end = () => this.#close(CLOSE_CODES.normal, 'Session max lifetime reached');
      this.#timers.set('lifetime', clock.after(lifetimeMs, end));
    }
  }

  typed(): void {
    this.#lastInputAt = this.#clock.monotonic();
  }

  // One timer that looks again, rather than a new one with every key.
  #watchIdle(ms: number): void {
    const look = () => {
      const left = this.#lastInputAt + this.#idleMs - this.#clock.monotonic();
      if (left > 0) this.#watchIdle(left);
      else this.#close(CLOSE_CODES.normal, 'Idle timeout');
    };
    this.#timers.set('idle', this.#clock.after(ms, look));
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers.values()) timer[Symbol.dispose]();
    this.#timers.clear();
  }
}

/** An inherited client knows no `attached` and no `resize`. */
export const inheritedSink = (sink: Sink): Sink => ({
  output: (text) => sink.output(text),
  control: (frame: ControlFrame) => frame.type === 'attached' || frame.type === 'resize' || sink.control(frame),
  close: (code, reason) => sink.close(code, reason),
});
