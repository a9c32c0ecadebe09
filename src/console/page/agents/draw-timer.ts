/**
 * When to draw: once per frame however much comes, and less often where drawing takes long, so that the page always has
 * time for its user.
 */
const HIDDEN_MS = 200;
/** Of the time that drawing may take, this many parts are left to others. */
const REST = 3;

export class DrawTimer {
  readonly #draw: () => void;
  #requested = false;
  #notBefore = 0;

  constructor(draw: () => void) {
    this.#draw = draw;
  }

  request(): void {
    if (this.#requested) return;
    this.#requested = true;
    const wait = this.#notBefore - performance.now();
    if (wait > 0) setTimeout(() => this.#soon(), wait);
    else this.#soon();
  }

  #soon(): void {
    // A hidden page draws no frames, and must not pile up work for when it is shown.
    requestAnimationFrame(() => this.#now());
    setTimeout(() => this.#now(), HIDDEN_MS);
  }

  #now(): void {
    if (!this.#requested) return;
    this.#requested = false;
    const began = performance.now();
    this.#draw();
    const took = performance.now() - began;
    this.#notBefore = began + took * (1 + REST);
  }
}
