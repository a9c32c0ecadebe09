/**
 * The events of one watch: numbered from 1, the newest 10,000 kept. A reader says the last number it has seen. One whose next
 * event is kept no more gets `overflow` in its place, and goes on after what is newest then.
 */
import { Notifier } from '../../core/notifier.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';

export interface WatchEvent {
  readonly type: 'create' | 'change' | 'delete' | 'overflow' | 'ready';
  /** Real path. */
  readonly path: RawPath;
}

export interface NumberedEvent {
  readonly id: number;
  readonly entry: WatchEvent;
}

const KEPT = 10_000;

export class WatchEvents {
  readonly changed = new Notifier();
  readonly #root: RawPath;
  readonly #ring: WatchEvent[] = [];
  #last = 0;

  constructor(root: RawPath) {
    this.#root = root;
  }

  /** The number of the newest. */
  get last(): number {
    return this.#last;
  }

  add(type: WatchEvent['type'], path: RawPath = this.#root): void {
    this.#ring[this.#last % KEPT] = { type, path };
    this.#last += 1;
    this.changed.notifyAll();
  }

  read(after: number, { entries }: { readonly entries: number }): readonly NumberedEvent[] {
    if (after < this.#last - KEPT) return [{ id: this.#last, entry: { type: 'overflow', path: this.#root } }];
    const found: NumberedEvent[] = [];
    for (let id = after + 1; id <= this.#last && found.length < entries; id += 1) {
      const entry = this.#ring[(id - 1) % KEPT];
      if (entry !== undefined) found.push({ id, entry });
    }
    return found;
  }
}
