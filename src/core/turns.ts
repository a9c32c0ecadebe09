/**
 * So many at once, the others in the order in which they came: for what takes much memory while it goes on, and would be no
 * faster for being done all at once.
 */
import { systemClock, type Clock } from './clock.ts';

export interface TooBusy {
  readonly reason: 'too-busy';
}

const WAIT_MS = 30_000;

export class Turns {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();
  #free: number;

  constructor(atOnce: number, clock: Clock = systemClock) {
    this.#free = atOnce;
    this.#clock = clock;
  }

  /** Undefined where none came within 30 seconds, or the signal was faster. Dispose it to let the next one in. */
  async take(signal: AbortSignal): Promise<Disposable | undefined> {
    if (signal.aborted) return undefined;
    if (this.#free > 0) this.#free -= 1;
    else if (!(await this.#wait(signal))) return undefined;
    let isHeld = true;
    return {
      [Symbol.dispose]: () => {
        if (isHeld) this.#leave();
        isHeld = false;
      },
    };
  }

  #wait(signal: AbortSignal): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const end = (isMine: boolean) => {
      timer[Symbol.dispose]();
      signal.removeEventListener('abort', giveUp);
      this.#waiting.delete(come);
      resolve(isMine);
    };
    const come = () => end(true);
    const giveUp = () => end(false);
    const timer = this.#clock.after(WAIT_MS, giveUp);
    signal.addEventListener('abort', giveUp, { once: true });
    this.#waiting.add(come);
    return promise;
  }

  #leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#free += 1;
    else next();
  }
}
