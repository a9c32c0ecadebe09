/**
 * Who follows the ports: one look each second for all of them, none while nobody does.
 *
 *   nobody ──first reader──▶ looking, each second ──last reader leaves──▶ nobody
 *
 * A reader is the set of sockets that it knows. What it gets is the difference to the newest look, made when it reads: a slow
 * one costs no memory, and misses only what came and went in between.
 */
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import { Notifier } from '../core/notifier.ts';
import type { ListeningPort, PortList } from './listing.ts';

export interface PortEvent {
  readonly type: 'open' | 'close';
  readonly port: ListeningPort;
}

export interface NumberedPortEvent {
  /** From 1, for this reader alone. */
  readonly id: number;
  readonly entry: PortEvent;
}

const LOOK_MS = 1000;

export interface PortWatchOptions {
  readonly list: PortList;
  readonly clock: Clock;
  readonly log: Log;
}

export class PortWatch implements Disposable {
  readonly #options: PortWatchOptions;
  readonly #readers = new Set<PortReader>();
  #timer: Disposable | undefined;
  #closed = false;

  constructor(options: PortWatchOptions) {
    this.#options = options;
  }

  /** How many follow. */
  get readers(): number {
    return this.#readers.size;
  }

  /** Begins with what listens now. `sees`: which of them are the reader's. Rejects where the system does not tell. */
  async follow(sees: (port: number) => boolean): Promise<PortReader> {
    const now = await this.#options.list.look();
    const reader: PortReader = new PortReader(sees, () => this.#leave(reader));
    reader.show(now);
    if (this.#closed) reader.end();
    else this.#readers.add(reader);
    this.#timer ??= this.#readers.size > 0 ? this.#next() : undefined;
    return reader;
  }

  #next(): Disposable {
    return this.#options.clock.after(LOOK_MS, () => void this.#look());
  }

  async #look(): Promise<void> {
    try {
      const now = await this.#options.list.look();
      for (const reader of this.#readers) reader.show(now);
    } catch (error) {
      // The next look may see again.
      this.#options.log.warn('the ports of this machine could not be looked at', { detail: messageOf(error) });
    }
    // A reader that came while the last one left has begun to count again.
    this.#timer?.[Symbol.dispose]();
    this.#timer = this.#readers.size > 0 ? this.#next() : undefined;
  }

  #leave(reader: PortReader): void {
    this.#readers.delete(reader);
    if (this.#readers.size > 0) return;
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    for (const reader of this.#readers) reader.end();
    this.#readers.clear();
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }
}

/** One who follows: a source of events (http/wire/event-stream.ts). */
export class PortReader implements Disposable {
  readonly changed = new Notifier();
  readonly #sees: (port: number) => boolean;
  readonly #leave: () => void;
  #known = new Map<string, ListeningPort>();
  #newest: readonly ListeningPort[] = [];
  /** Told of, and not yet taken. */
  #waiting: readonly NumberedPortEvent[] = [];
  #lastId = 0;
  #ended = false;

  constructor(sees: (port: number) => boolean, leave: () => void) {
    this.#sees = sees;
    this.#leave = leave;
  }

  get ended(): boolean {
    return this.#ended;
  }

  show(now: readonly ListeningPort[]): void {
    this.#newest = now.filter(({ port }) => this.#sees(port));
    const isSame = this.#newest.length === this.#known.size && this.#newest.every(({ key }) => this.#known.has(key));
    if (!isSame) this.changed.notifyAll();
  }

  end(): void {
    this.#ended = true;
    this.changed.notifyAll();
  }

  read(after: number, { entries }: { readonly entries: number }): readonly NumberedPortEvent[] {
    this.#waiting = this.#waiting.filter(({ id }) => id > after);
    if (this.#waiting.length === 0) this.#waiting = this.#difference();
    return this.#waiting.slice(0, entries);
  }

  #difference(): NumberedPortEvent[] {
    const newest = new Map(this.#newest.map((port) => [port.key, port]));
    const closed = [...this.#known.values()].filter(({ key }) => !newest.has(key));
    const opened = this.#newest.filter(({ key }) => !this.#known.has(key));
    this.#known = newest;
    const numbered = (type: PortEvent['type']) => (port: ListeningPort) => ({
      id: (this.#lastId += 1),
      entry: { type, port },
    });
    return [...closed.map(numbered('close')), ...opened.map(numbered('open'))];
  }

  [Symbol.dispose](): void {
    this.#leave();
  }
}
