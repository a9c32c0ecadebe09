/** The scrollback as text frames. Many sockets on one terminal read the same frame: it is decoded once. */
import type { Scrollback } from './scrollback.ts';
import { decodeWhole } from './whole-characters.ts';

const FRAME_BYTES = 64 * 1024;

export interface Frame {
  readonly text: string;
  /** Offset behind it. */
  readonly next: number;
}

export class Frames {
  readonly #scrollback: Scrollback;
  #last: { readonly since: number; readonly end: number; readonly frame: Frame } | undefined;

  constructor(scrollback: Scrollback) {
    this.#scrollback = scrollback;
  }

  /** What comes at that offset, which is kept; undefined when nothing does yet. */
  from(since: number): Frame | undefined {
    const { end } = this.#scrollback;
    if (since >= end) return undefined;
    if (this.#last?.since === since && this.#last.end === end) return this.#last.frame;
    const { bytes, next } = this.#scrollback.read(since, FRAME_BYTES);
    const frame = { text: decodeWhole(bytes), next };
    this.#last = { since, end, frame };
    return frame;
  }

  /** Nobody is going to ask for the last one again. */
  forget(): void {
    this.#last = undefined;
  }
}
