/**
 * Tells of clients that hang up while their answer is waited for. The signal of each request would, too, but making it takes a tenth
 * of what passing a short request on takes, and most answers come before anybody leaves: only what still waits at the next look has it.
 *
 *   waiting ──the next look──▶ has the signal of its request ──disposed──▶ over
 *      └──disposed, as nearly all─────────────────────────────────────────▲
 */
import type { Clock } from '../core/clock.ts';
import { Link, LinkedList } from '../core/linked-list.ts';

const LOOK_MS = 50;

class Waiting extends Link {
  readonly #request: Request;
  readonly #left: () => void;

  constructor(request: Request, left: () => void) {
    super();
    this.#request = request;
    this.#left = left;
  }

  listen(): void {
    onceLeft(this.#request, this.#left);
  }
}

/** Calls it at once where the client has left before: Bun's signal says so, whenever it is asked for. */
export function onceLeft({ signal }: Request, left: () => void): void {
  if (signal.aborted) left();
  else signal.addEventListener('abort', left, { once: true });
}

export class LeavingClients {
  readonly #clock: Pick<Clock, 'after'>;
  readonly #waiting = new LinkedList<Waiting>();
  #isLooking = false;

  constructor(clock: Pick<Clock, 'after'>) {
    this.#clock = clock;
  }

  /** `left` is called when that client has left; dispose when the answer is there: it may be called once more behind that. */
  watch(request: Request, left: () => void): Disposable {
    this.#look();
    return this.#waiting.add(new Waiting(request, left));
  }

  #look(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    this.#clock.after(LOOK_MS, () => {
      this.#isLooking = false;
      for (const waiting of this.#waiting.items()) {
        waiting[Symbol.dispose]();
        waiting.listen();
      }
    });
  }
}
