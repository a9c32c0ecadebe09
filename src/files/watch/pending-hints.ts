/** Hints that wait: those of one path are gathered for 50 ms, so that one save of a file is one look. */
import type { Clock } from '../../core/clock.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';

export interface Hint {
  readonly folder: RawPath;
  /** Undefined: all that is in the folder. */
  readonly name: RawPath | undefined;
}

const GATHER_MS = 50;
/** More are as if lost: to look at everything takes no longer. */
const MAX_WAITING = 200_000;

export class PendingHints {
  readonly #clock: Clock;
  /** In the order in which they are due. */
  readonly #waiting = new Map<string, Hint & { readonly dueAt: number }>();
  #isLost = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(folder: RawPath, name: RawPath | undefined): void {
    // No name has a NUL in it.
    const key = `${folder}\0${name ?? ''}`;
    if (this.#waiting.has(key)) return;
    this.#waiting.set(key, { folder, name, dueAt: this.#clock.monotonic() + GATHER_MS });
    if (this.#waiting.size > MAX_WAITING) this.lose();
  }

  /** Anything may have changed. */
  lose(): void {
    this.#waiting.clear();
    this.#isLost = true;
  }

  /** Milliseconds until the next one is due; undefined where none waits. */
  get dueIn(): number | undefined {
    if (this.#isLost) return 0;
    const first = this.#waiting.values().next();
    return first.done === true ? undefined : Math.max(0, first.value.dueAt - this.#clock.monotonic());
  }

  /** Whether anything may have changed since this was last asked. */
  takeLoss(): boolean {
    const wasLost = this.#isLost;
    this.#isLost = false;
    return wasLost;
  }

  takeDue(): Hint | undefined {
    const first = this.#waiting.entries().next();
    if (first.done === true) return undefined;
    const [key, hint] = first.value;
    if (hint.dueAt > this.#clock.monotonic()) return undefined;
    this.#waiting.delete(key);
    return hint;
  }

  clear(): void {
    this.#waiting.clear();
    this.#isLost = false;
  }
}
