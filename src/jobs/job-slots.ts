/**
 * The slots of jobs that run at once: a fixed number, granted in order of submission.
 *
 *   waiting ──granted──▶ holding ──release──▶ gone
 *      └──────────────release──────────────────▲
 *
 * Granted only between `open` and `close`: who acquires before or after has to wait.
 */
interface Applicant {
  readonly id: string;
  /** Order of submission; the newest has the highest. */
  readonly seq: number;
}

export class JobSlots {
  readonly #max: number;
  readonly #holding = new Set<string>();
  /** In order of submission. */
  readonly #waiting: (Applicant & { readonly granted: () => void })[] = [];
  #open = false;

  constructor(max: number) {
    this.#max = max;
  }

  open(): void {
    this.#open = true;
    this.#grant();
  }

  close(): void {
    this.#open = false;
  }

  /** Calls `granted` once a slot is free, at once when one is free now. */
  acquire({ id, seq }: Applicant, granted: () => void): void {
    // One that had to wait for something else first comes before those that were submitted after it.
    const at = this.#waiting.findLastIndex((other) => other.seq < seq) + 1;
    this.#waiting.splice(at, 0, { id, seq, granted });
    this.#grant();
  }

  /** For a job that runs already: it has a slot, whether or not one is free. */
  occupy(id: string): void {
    this.#holding.add(id);
  }

  /** The job is over, whether it had a slot or waited for one. */
  release(id: string): void {
    const at = this.#waiting.findIndex((applicant) => applicant.id === id);
    if (at >= 0) this.#waiting.splice(at, 1);
    // Not within the transition of the job that is over: the next one may be over at once and come back here.
    if (this.#holding.delete(id) && this.#waiting.length > 0) queueMicrotask(() => this.#grant());
  }

  #grant(): void {
    while (this.#open && this.#holding.size < this.#max) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#holding.add(next.id);
      next.granted();
    }
  }
}
