/** Connections to ports that may be asked again, for a while. */
import type { Clock } from '../../core/clock.ts';

/** Shorter than what servers give one that says nothing: Node gives it 5 s. */
const KEPT_MS = 4000;
const SWEEP_MS = 1000;
/** For each port: as many as may be asked at once. */
const MAX_EACH = 64;

export interface Endable {
  terminate(): void;
}

interface Kept<Connection> {
  readonly connection: Connection;
  readonly since: number;
}

export class KeptConnections<Connection extends Endable> implements Disposable {
  readonly #clock: Pick<Clock, 'monotonic' | 'after'>;
  /** By port; the one that was used last is at the end. */
  readonly #byPort = new Map<number, Kept<Connection>[]>();
  #sweeping: Disposable | undefined;
  #disposed = false;

  constructor(clock: Pick<Clock, 'monotonic' | 'after'>) {
    this.#clock = clock;
  }

  /** The one that was used last: the port is least likely to close it right now. */
  take(port: number): Connection | undefined {
    return this.#byPort.get(port)?.pop()?.connection;
  }

  /** It is ended where it is not kept. */
  keep(port: number, connection: Connection): void {
    const known = this.#byPort.get(port);
    const kept = known ?? [];
    if (this.#disposed || kept.length >= MAX_EACH) return connection.terminate();
    kept.push({ connection, since: this.#clock.monotonic() });
    if (known === undefined) this.#byPort.set(port, kept);
    this.#sweeping ??= this.#clock.after(SWEEP_MS, () => this.#sweep());
  }

  /** It has ended by itself. */
  forget(port: number, connection: Connection): void {
    this.#leave(port, (kept) => kept.connection !== connection);
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#sweeping?.[Symbol.dispose]();
    for (const { connection } of [...this.#byPort.values()].flat()) connection.terminate();
    this.#byPort.clear();
  }

  #sweep(): void {
    const before = this.#clock.monotonic() - KEPT_MS;
    for (const [port, kept] of this.#byPort) {
      for (const { connection, since } of kept) if (since <= before) connection.terminate();
      this.#leave(port, ({ since }) => since > before);
    }
    this.#sweeping = this.#byPort.size === 0 ? undefined : this.#clock.after(SWEEP_MS, () => this.#sweep());
  }

  #leave(port: number, stays: (kept: Kept<Connection>) => boolean): void {
    const left = this.#byPort.get(port)?.filter(stays) ?? [];
    if (left.length > 0) this.#byPort.set(port, left);
    else this.#byPort.delete(port);
  }
}
