/** One open socket, with when its peer was last heard of. */
import type { Clock } from '../../core/clock.ts';
import type { Peer } from './heartbeat.ts';
import type { SocketHandler, SocketKind, Wire } from './kind.ts';

const MAX_SILENCE_MS = 60_000;

export class OpenSocket implements Peer, Disposable {
  readonly handler: SocketHandler;
  readonly maxSilenceMs: number;
  readonly #wire: Wire;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #live: Disposable;
  lastHeardAt: number;

  constructor(
    { maxSilenceMs = MAX_SILENCE_MS }: SocketKind,
    wire: Wire,
    handler: SocketHandler,
    clock: Pick<Clock, 'monotonic'>,
    live: Disposable,
  ) {
    this.maxSilenceMs = maxSilenceMs;
    this.#live = live;
    this.#wire = wire;
    this.handler = handler;
    this.#clock = clock;
    this.lastHeardAt = clock.monotonic();
  }

  heard(): void {
    this.lastHeardAt = this.#clock.monotonic();
  }

  ping(): void {
    this.#wire.ping();
  }

  disconnect(): void {
    this.#wire.terminate();
  }

  [Symbol.dispose](): void {
    this.#live[Symbol.dispose]();
  }
}
