/**
 * A body in chunks (RFC 9112, 7.1). What a chunk says of itself beyond its size, and the trailers behind the last one, are read
 * and left out.
 *
 *   size ──its line──▶ data ──all of it──▶ behind the data ──CRLF──▶ size
 *     └──0──▶ trailers ──an empty line──▶ over
 */
import { ok, type Result } from '../../core/failure.ts';
import type { Body, Taken } from './body.ts';
import { wrongAnswer, type WrongAnswer } from './head.ts';

const SIZE = /^0*([0-9a-f]{1,12})[ \t]*(?:;[^\r]*)?\r?$/i;
/** Of a line with a size, and of all trailers together. */
const MAX_LINE_BYTES = 64 * 1024;
const LF = 0x0a;

type State =
  | { readonly at: 'size' }
  | { readonly at: 'data'; left: number }
  | { readonly at: 'behind the data' }
  | { readonly at: 'trailers'; bytes: number }
  | { readonly at: 'over' };

export class ChunkedBody implements Body {
  #state: State = { at: 'size' };
  /** The beginning of a line whose end has not come. */
  #line = '';

  get isOver(): boolean {
    return this.#state.at === 'over';
  }

  end(): boolean {
    return this.isOver;
  }

  take(bytes: Uint8Array): Result<Taken, WrongAnswer> {
    const pieces: Uint8Array[] = [];
    let at = 0;
    while (at < bytes.length && this.#state.at !== 'over') {
      if (this.#state.at === 'data') {
        const piece = bytes.subarray(at, at + this.#state.left);
        pieces.push(piece);
        at += piece.length;
        this.#state.left -= piece.length;
        if (this.#state.left === 0) this.#state = { at: 'behind the data' };
        continue;
      }
      const end = bytes.indexOf(LF, at);
      const stop = end < 0 ? bytes.length : end;
      if (this.#line.length + stop - at > MAX_LINE_BYTES) return wrongAnswer('a line between its chunks is too long');
      this.#line += Buffer.from(bytes.buffer, bytes.byteOffset + at, stop - at).toString('latin1');
      at = stop + 1;
      if (end < 0) break;
      const line = this.#line;
      this.#line = '';
      const isRight = this.#read(line);
      if (!isRight) return wrongAnswer('its chunks are broken');
    }
    return ok({ pieces, beyond: Math.max(0, bytes.length - at) });
  }

  #read(line: string): boolean {
    switch (this.#state.at) {
      case 'size': {
        const [, digits] = SIZE.exec(line) ?? [];
        if (digits === undefined) return false;
        const left = Number.parseInt(digits, 16);
        this.#state = left === 0 ? { at: 'trailers', bytes: 0 } : { at: 'data', left };
        return true;
      }
      case 'behind the data':
        this.#state = { at: 'size' };
        return line === '\r' || line === '';
      case 'trailers':
        this.#state.bytes += line.length;
        if (line === '\r' || line === '') this.#state = { at: 'over' };
        return this.#state.at === 'over' || this.#state.bytes <= MAX_LINE_BYTES;
      case 'data':
      case 'over':
        return true;
    }
  }
}
