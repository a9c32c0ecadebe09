/**
 * The places of jobs that run at once: so many, given in order of submission.
 *
 *   asking ──free──▶ holding ──leave──▶ gone
 *      └───────────leave──────────────────▲
 *
 * Given only between `open` and `close`: what asks before or after waits.
 */
interface Asker {
  readonly id: string;
  /** Order of submission; the newest has the highest. */
  readonly seq: number;
}

export class JobSlots {
  readonly #most: number;
  readonly #holding = new Set<string>();
  /** In order of submission. */
  readonly #asking: (Asker & { readonly granted: () => void })[] = [];
  #open = false;

  constructor(most: number) {
    this.#most = most;
  }

  open(): void {
    this.#open = true;
    this.#give();
  }

  close(): void {
    this.#open = false;
  }

  /** Calls `granted` once there is a place, at once when there is one now. */
  ask({ id, seq }: Asker, granted: () => void): void {
    // One that had to wait for something else first comes before those that were submitted after it.
    const at = this.#asking.findLastIndex((other) => other.seq < seq) + 1;
    this.#asking.splice(at, 0, { id, seq, granted });
    this.#give();
  }

  /** For what runs already, whether or not there is room. */
  hold(id: string): void {
    this.#holding.add(id);
  }

  /** It is over, wherever it was. */
  leave(id: string): void {
    const at = this.#asking.findIndex((asker) => asker.id === id);
    if (at >= 0) this.#asking.splice(at, 1);
    // Not from inside the leaver's own transition: the next one may be over at once and come back here.
    if (this.#holding.delete(id) && this.#asking.length > 0) queueMicrotask(() => this.#give());
  }

  #give(): void {
    while (this.#open && this.#holding.size < this.#most) {
      const next = this.#asking.shift();
      if (next === undefined) return;
      this.#holding.add(next.id);
      next.granted();
    }
  }
}
