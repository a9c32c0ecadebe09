/**
 * Finds peers that vanished without closing the connection: a cable pulled, a laptop's lid closed. TCP alone notices
 * nothing while nothing is sent, and takes a quarter of an hour otherwise.
 *
 * Every 20 seconds each peer that was silent that long is pinged; one that was silent for 60, pongs included, is
 * disconnected. So a vanished peer is found after 60 to 80 seconds.
 */
import type { Clock } from '../../core/clock.ts';

const BEAT_MS = 20_000;
const SILENCE_MS = 60_000;

export interface Pulse {
  /** When the peer last sent or took something, by the same clock. */
  readonly lastHeardAt: number;
  ping(): void;
  giveUp(): void;
}

export class Heartbeat implements Disposable {
  readonly #clock: Clock;
  readonly #pulses: ReadonlySet<Pulse>;
  #beat: Disposable | undefined;

  /** Beats while there are pulses: call `wake` when one was added. */
  constructor(pulses: ReadonlySet<Pulse>, clock: Clock) {
    this.#pulses = pulses;
    this.#clock = clock;
  }

  wake(): void {
    this.#beat ??= this.#clock.after(BEAT_MS, () => this.#sweep());
  }

  #sweep(): void {
    this.#beat = undefined;
    const now = this.#clock.now();
    for (const pulse of this.#pulses) {
      const silence = now - pulse.lastHeardAt;
      if (silence >= SILENCE_MS) pulse.giveUp();
      else if (silence >= BEAT_MS) pulse.ping();
    }
    if (this.#pulses.size > 0) this.wake();
  }

  [Symbol.dispose](): void {
    this.#beat?.[Symbol.dispose]();
  }
}
