/**
 * Some lines of a file whose bytes come in pieces, byte by byte as they are. A line ends with LF; in UTF-16, which only its
 * byte-order mark tells, an LF has two bytes.
 */
type Unit = 'byte' | 'utf-16le' | 'utf-16be';

const LF = 0x0a;

export class LineWindow {
  readonly #from: number;
  readonly #to: number;
  #line = 1;
  #offset = 0;
  #before = -1;
  #unit: Unit | undefined;

  /** Lines from 1, `to` included. */
  constructor(from: number, to: number) {
    this.#from = from;
    this.#to = to;
  }

  /** Whether nothing of what comes next is wanted. */
  get over(): boolean {
    return this.#line > this.#to;
  }

  /** What is wanted of the next piece. */
  take(piece: Uint8Array): Uint8Array {
    let begin = this.#line >= this.#from ? 0 : piece.length;
    for (let at = 0; at < piece.length; at += 1) {
      const byte = piece[at] ?? 0;
      const ended = this.#endsLine(byte);
      this.#before = byte;
      this.#offset += 1;
      if (!ended) continue;
      this.#line += 1;
      if (this.#line === this.#from) begin = at + 1;
      if (this.over) return piece.subarray(begin, at + 1);
    }
    return piece.subarray(begin);
  }

  #endsLine(byte: number): boolean {
    if (this.#offset === 1) this.#unit = unitOf(this.#before, byte);
    // A first byte that ends a line is no byte-order mark.
    const unit = this.#unit ?? 'byte';
    if (unit === 'byte') return byte === LF;
    if (this.#offset % 2 === 0) return false;
    return unit === 'utf-16le' ? this.#before === LF && byte === 0 : this.#before === 0 && byte === LF;
  }
}

function unitOf(first: number, second: number): Unit {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'byte';
}
