/** The scrollback as text frames. Many sockets on one terminal read the same frame: it is decoded once. */
import type { Scrollback } from './scrollback.ts';
import { decodeUtf8 } from '../core/utf8.ts';

const FRAME_BYTES = 64 * 1024;

export interface Frame {
  readonly text: string;
  /** Offset behind it. */
  readonly next: number;
}

export class Frames {
  readonly #scrollback: Scrollback;
  #last: { readonly since: number; readonly frame: Frame } | undefined;

  constructor(scrollback: Scrollback) {
    this.#scrollback = scrollback;
  }

  /** What comes at that offset, which is kept; undefined when nothing does yet. */
  from(since: number): Frame | undefined {
    if (this.#last?.since === since) return this.#last.frame;
    if (since >= this.#scrollback.end) return undefined;
    const { bytes, next } = this.#scrollback.read(since, FRAME_BYTES);
    const frame = { text: decodeUtf8(bytes), next };
    this.#last = { since, frame };
    return frame;
  }

  /** There is more by now, or nobody is going to ask for it again. */
  forget(): void {
    this.#last = undefined;
  }
}
