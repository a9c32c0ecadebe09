/**
 * How fast a program may print: as fast as the fastest attachment reads.
 *
 *   flowing ──even that one lags──▶ paused ──it has caught up, or none is left──▶ flowing
 *
 * Slower attachments do not delay it: they are closed when their next byte is no longer kept. Where a program
 * cannot be paused (Windows), it is always flowing.
 */
import type { Pty } from '../platform/pty/pty.ts';

/** Bytes of lag above which the program is paused, and below which it goes on. */
const PAUSE_ABOVE = 256 * 1024;
const RESUME_BELOW = 64 * 1024;

export class Pace {
  readonly #pty: Pick<Pty, 'pause' | 'resume'>;
  #paused = false;

  constructor(pty: Pick<Pty, 'pause' | 'resume'>) {
    this.#pty = pty;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** `lag`: bytes that the fastest attachment has not read yet; 0 when there is none. */
  follow(lag: number): void {
    if (!this.#paused && lag > PAUSE_ABOVE) this.#paused = this.#pty.pause();
    else if (this.#paused && lag < RESUME_BELOW) this.release();
  }

  /** Lets the program go on, whoever lags. */
  release(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#pty.resume();
  }
}
