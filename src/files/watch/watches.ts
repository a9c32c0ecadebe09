/**
 * The watches of a server. One outlives its readers by five minutes, so that a reader whose connection broke goes on where it was;
 * then it ends. At most 32 have a reader; at most as many wait for theirs, of which the oldest makes room.
 */
import { fail, ok, type Result } from '../../core/failure.ts';
import { newId, type RandomBytes } from '../../core/id.ts';
import type { Notifier } from '../../core/notifier.ts';
import type { NumberedEvent } from './events.ts';
import { Watch, type WatchFailure, type WatchPlan, type WatchSystem } from './watch.ts';

/** The event after which a reader goes on. */
export interface Cursor {
  readonly watch: string;
  readonly seq: number;
}

export interface WatchRequest extends WatchPlan {
  /** Whose it is, and all that it was asked for, as text: a request of another one cannot go on with it. */
  readonly what: string;
}

export interface WatchesOptions extends WatchSystem {
  readonly random?: RandomBytes;
}

export type WatchesFailure =
  | WatchFailure
  | { readonly reason: 'too-many-watches'; readonly limit: number }
  | { readonly reason: 'shutting-down' };

const MAX_WATCHES = 32;
const KEEP_MS = 5 * 60_000;

interface Held {
  readonly watch: Watch;
  /** What it watches, and for whom. */
  readonly what: string;
  readers: number;
  /** Ends it; there while it has no reader. */
  timer: Disposable | undefined;
}

export class Watches implements Disposable {
  readonly #options: WatchesOptions;
  /** Those without a reader in the order in which they lost it. */
  readonly #held = new Map<string, Held>();
  #starting = 0;
  #isDraining = false;

  constructor(options: WatchesOptions) {
    this.#options = options;
  }

  /** How many have a reader. */
  get active(): number {
    return [...this.#held.values()].filter(({ readers }) => readers > 0).length;
  }

  get folders(): number {
    return [...this.#held.values()].reduce((sum, { watch }) => sum + watch.folders, 0);
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** Rejects with the reason of the signal. */
  async open(
    request: WatchRequest,
    cursor: Cursor | undefined,
    signal: AbortSignal,
  ): Promise<Result<WatchReader, WatchesFailure>> {
    if (this.#isDraining) return fail({ reason: 'shutting-down' });
    const { what } = request;
    const held = this.#held.get(cursor?.watch ?? '');
    if (held !== undefined && cursor !== undefined && this.#goesOn(held, what, cursor))
      return held.readers > 0 || this.#hasRoom() ? ok(this.#read(held, cursor.seq)) : fail(FULL);
    if (!this.#hasRoom()) return fail(FULL);
    this.#starting += 1;
    try {
      const id = newId(this.#options.random);
      const started = await Watch.start(id, request, this.#options, cursor !== undefined, signal);
      if (!started.ok) return started;
      if (this.#isDraining) {
        started.value[Symbol.dispose]();
        return fail({ reason: 'shutting-down' });
      }
      const fresh: Held = { watch: started.value, what, readers: 0, timer: undefined };
      this.#held.set(id, fresh);
      return ok(this.#read(fresh, 0));
    } finally {
      this.#starting -= 1;
    }
  }

  #goesOn({ watch, what }: Held, asked: string, { seq }: Cursor): boolean {
    return !watch.isOver && what === asked && seq <= watch.events.last;
  }

  #hasRoom(): boolean {
    return this.active + this.#starting < MAX_WATCHES;
  }

  #read(held: Held, after: number): WatchReader {
    held.readers += 1;
    held.timer?.[Symbol.dispose]();
    held.timer = undefined;
    return new WatchReader(held.watch, after, this, () => this.#left(held));
  }

  #left(held: Held): void {
    held.readers -= 1;
    if (held.readers > 0) return;
    const { watch } = held;
    this.#held.delete(watch.id);
    if (watch.isOver) return;
    this.#held.set(watch.id, held);
    held.timer = this.#options.clock.after(KEEP_MS, () => this.#end(held));
    const waiting = [...this.#held.values()].filter(({ readers }) => readers === 0);
    const [oldest] = waiting;
    if (waiting.length > MAX_WATCHES && oldest !== undefined) this.#end(oldest);
  }

  #end(held: Held): void {
    this.#held.delete(held.watch.id);
    held.timer?.[Symbol.dispose]();
    held.watch[Symbol.dispose]();
  }

  /** Their readers go, and no further one comes. */
  drain(): void {
    this.#isDraining = true;
    for (const { watch } of this.#held.values()) watch.events.changed.notifyAll();
  }

  resume(): void {
    this.#isDraining = false;
  }

  [Symbol.dispose](): void {
    this.drain();
    for (const held of Array.from(this.#held.values())) this.#end(held);
  }
}

/** One who follows: a source of events (http/wire/event-stream.ts). */
export class WatchReader implements Disposable {
  /** The number of the last event that it has. */
  readonly after: number;
  readonly #watch: Watch;
  readonly #watches: Watches;
  readonly #leave: () => void;
  #hasLeft = false;

  constructor(watch: Watch, after: number, watches: Watches, leave: () => void) {
    this.#watch = watch;
    this.after = after;
    this.#watches = watches;
    this.#leave = leave;
  }

  get watchId(): string {
    return this.#watch.id;
  }

  get changed(): Notifier {
    return this.#watch.events.changed;
  }

  get ended(): boolean {
    return this.#watch.isOver || this.#watches.isDraining;
  }

  read(after: number, limits: { readonly entries: number }): readonly NumberedEvent[] {
    return this.#watch.events.read(after, limits);
  }

  [Symbol.dispose](): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#leave();
  }
}

const FULL = { reason: 'too-many-watches', limit: MAX_WATCHES } as const;
