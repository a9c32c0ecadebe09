/**
 * The lines of a text, by number, from 1. A line ends with LF or CRLF, which belong to it; a lone CR ends none. Only the last
 * line may be without an end, and a text that ends with one has no empty line behind it.
 */
export type LineEnd = '\n' | '\r\n';

export class TextLines {
  readonly text: string;
  /** Offsets behind each LF. */
  readonly #ends: Uint32Array;
  readonly #crlf: number;

  constructor(text: string) {
    this.text = text;
    let found = 0;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) found += 1;
    this.#ends = new Uint32Array(found);
    let crlf = 0;
    let line = 0;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
      if (text[at - 1] === '\r') crlf += 1;
      this.#ends[line] = at + 1;
      line += 1;
    }
    this.#crlf = crlf;
  }

  get count(): number {
    return this.#ends.length + (this.hasFinalEnd ? 0 : 1);
  }

  /** Also of an empty text: the first line that is put there ends as lines do. */
  get hasFinalEnd(): boolean {
    return this.text === '' || this.text.endsWith('\n');
  }

  /** How many lines end with CRLF, and how many with LF alone. */
  get ends(): { readonly crlf: number; readonly lf: number } {
    return { crlf: this.#crlf, lf: this.#ends.length - this.#crlf };
  }

  /** The more frequent end; LF where there are as many of the other, or none at all. */
  get usualEnd(): LineEnd {
    return this.ends.crlf > this.ends.lf ? '\r\n' : '\n';
  }

  /** Offset of its first character; for the line behind the last one: the end. */
  start(line: number): number {
    return line <= 1 ? 0 : (this.#ends[line - 2] ?? this.text.length);
  }

  /** Offset behind its end. */
  end(line: number): number {
    return this.start(line + 1);
  }

  /** From the first of the lines to the end of the last one; empty where that comes before. */
  slice(from: number, to: number): string {
    return this.text.slice(this.start(from), this.end(to));
  }

  /** The line that the character is in. */
  lineAt(offset: number): number {
    let low = 0;
    let high = this.#ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ends[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  }
}

/** Every line end of the text as the given one. */
export const withLineEnds = (text: string, end: LineEnd): string =>
  end === '\n' ? text.replaceAll('\r\n', '\n') : text.replaceAll(/\r?\n/g, '\r\n');
