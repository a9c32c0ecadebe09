/**
 * Finds peers that vanished without closing the connection: a cable pulled, a laptop's lid closed. TCP alone notices
 * nothing while nothing is sent, and takes a quarter of an hour otherwise.
 *
 * Every 20 seconds each peer that was silent that long is pinged; one that was silent for longer than it may be (60 seconds, or
 * what its kind says), pongs included, is disconnected. So a vanished peer is found after 60 to 80 seconds.
 */
import type { Clock } from '../../core/clock.ts';

const PING_AFTER_MS = 20_000;

export interface Peer {
  /** When the peer last sent or took something, by the same monotonic clock. */
  readonly lastHeardAt: number;
  readonly maxSilenceMs: number;
  ping(): void;
  disconnect(): void;
}

export class Heartbeat implements Disposable {
  readonly #clock: Clock;
  readonly #peers: ReadonlySet<Peer>;
  #timer: Disposable | undefined;

  /** Runs while there are peers: call `wake` when one was added. */
  constructor(peers: ReadonlySet<Peer>, clock: Clock) {
    this.#peers = peers;
    this.#clock = clock;
  }

  wake(): void {
    this.#timer ??= this.#clock.after(PING_AFTER_MS, () => this.#sweep());
  }

  #sweep(): void {
    this.#timer = undefined;
    const now = this.#clock.monotonic();
    for (const peer of this.#peers) {
      const silence = now - peer.lastHeardAt;
      if (silence >= peer.maxSilenceMs) peer.disconnect();
      else if (silence >= PING_AFTER_MS) peer.ping();
    }
    if (this.#peers.size > 0) this.wake();
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
  }
}
