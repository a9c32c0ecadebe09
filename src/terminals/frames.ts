/** The scrollback as text frames. Many sockets on one terminal send the same frame, so it is decoded once. */
import type { Scrollback } from './scrollback.ts';
import { decodeUtf8 } from '../core/utf8.ts';

const FRAME_BYTES = 64 * 1024;

export interface Frame {
  readonly text: string;
  /** Offset of the byte after it. */
  readonly next: number;
}

export class Frames {
  readonly #scrollback: Scrollback;
  #last: { readonly since: number; readonly frame: Frame } | undefined;

  constructor(scrollback: Scrollback) {
    this.#scrollback = scrollback;
  }

  /** The frame that begins at `since`, which must still be kept; undefined when there is no output after it yet. */
  from(since: number): Frame | undefined {
    if (this.#last?.since === since) return this.#last.frame;
    if (since >= this.#scrollback.end) return undefined;
    const { bytes, next } = this.#scrollback.read(since, FRAME_BYTES);
    const frame = { text: decodeUtf8(bytes), next };
    this.#last = { since, frame };
    return frame;
  }

  /** To be called when there is more output: the last frame may have grown. */
  forget(): void {
    this.#last = undefined;
  }
}
