/** A region that scrolls and is kept at its end while it grows, unless the user has scrolled up; a button leads back. */
import { iconButton } from './button.ts';

/** Nearer to the end than this counts as there: fractions of pixels, and the last line growing. */
const END_PX = 24;

export class EndScroller {
  readonly jump: HTMLButtonElement;
  readonly #region: HTMLElement;
  #atEnd = true;

  constructor(region: HTMLElement) {
    this.#region = region;
    region.addEventListener('scroll', () => this.#look(), { passive: true });
    // What the user unfolds is what they want to see, although the end is now further away.
    region.addEventListener('toggle', () => requestAnimationFrame(() => this.#look()), { capture: true });
    this.jump = iconButton('down', 'To the end', () => {
      this.toEnd();
      region.focus();
    });
    this.jump.classList.add('jump');
    this.jump.hidden = true;
  }

  get atEnd(): boolean {
    return this.#atEnd;
  }

  /** To be called when the content has grown. */
  follow(): void {
    if (this.#atEnd) this.#region.scrollTop = this.#region.scrollHeight;
  }

  toEnd(): void {
    this.#atEnd = true;
    this.follow();
  }

  #look(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.#region;
    this.#atEnd = scrollHeight - clientHeight - scrollTop < END_PX;
    this.jump.hidden = this.#atEnd;
  }
}
