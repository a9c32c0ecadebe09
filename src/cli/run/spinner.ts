/** A line on the terminal that turns while a command has not printed anything yet. Nothing where stderr is no terminal. */
import { duration } from '../table.ts';
import { noteStart, paint } from '../output.ts';

/** A command that is done at once shows none. */
const FIRST_AFTER_MS = 400;
const EVERY_MS = 100;
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const ERASE_LINE = '\r\u001b[2K';

export class Spinner implements Disposable {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #shown = false;

  /** `text`: what is waited for. */
  start(text: string): void {
    if (!process.stderr.isTTY || process.env['TERM'] === 'dumb' || this.#timer !== undefined) return;
    const begun = performance.now();
    let frame = 0;
    const draw = () => {
      this.#shown = true;
      const took = duration(performance.now() - begun);
      noteStart(`${ERASE_LINE}${paint('dim', `${FRAMES[frame % FRAMES.length]} ${text} ${took}`, 'stderr')}`);
      frame += 1;
      this.#timer = setTimeout(draw, EVERY_MS);
    };
    this.#timer = setTimeout(draw, FIRST_AFTER_MS);
  }

  /** Before anything else is written. */
  stop(): void {
    clearTimeout(this.#timer);
    if (this.#shown) noteStart(ERASE_LINE);
    this.#shown = false;
  }

  [Symbol.dispose](): void {
    this.stop();
  }
}
