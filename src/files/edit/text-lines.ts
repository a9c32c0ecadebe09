/**
 * The lines of a text, by number, from 1. A line ends with LF or CRLF, which belong to it; a lone CR ends none. Only the last
 * line may be without an end, and a text that ends with one has no empty line behind it.
 */
export type LineEnd = '\n' | '\r\n';

/** Of so many lines the offset of one is kept, so that sixteen million lines take no more memory than their text. */
const STRIDE = 64;

export class TextLines {
  readonly text: string;
  /** Offsets behind each 64th LF. */
  readonly #marks: number[] = [];
  readonly #ended: number;
  readonly #crlf: number;

  constructor(text: string) {
    this.text = text;
    let ended = 0;
    let crlf = 0;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
      ended += 1;
      if (text[at - 1] === '\r') crlf += 1;
      if (ended % STRIDE === 0) this.#marks.push(at + 1);
    }
    this.#ended = ended;
    this.#crlf = crlf;
  }

  get count(): number {
    return this.#ended + (this.hasFinalEnd ? 0 : 1);
  }

  /** Also of an empty text: the first line that is put there ends as lines do. */
  get hasFinalEnd(): boolean {
    return this.text === '' || this.text.endsWith('\n');
  }

  /** How many lines end with CRLF, and how many with LF alone. */
  get ends(): { readonly crlf: number; readonly lf: number } {
    return { crlf: this.#crlf, lf: this.#ended - this.#crlf };
  }

  /** The more frequent end; LF where there are as many of the other, or none at all. */
  get usualEnd(): LineEnd {
    return this.ends.crlf > this.ends.lf ? '\r\n' : '\n';
  }

  /** Offset of its first character; for the line behind the last one: the end. */
  start(line: number): number {
    if (line <= 1) return 0;
    if (line - 1 > this.#ended) return this.text.length;
    const marks = Math.floor((line - 1) / STRIDE);
    let at = this.#mark(marks);
    for (let behind = marks * STRIDE; behind < line - 1; behind += 1) at = this.text.indexOf('\n', at) + 1;
    return at;
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
    let high = this.#marks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#mark(middle + 1) <= offset) low = middle + 1;
      else high = middle;
    }
    let line = low * STRIDE + 1;
    for (
      let at = this.text.indexOf('\n', this.#mark(low));
      at >= 0 && at < offset;
      at = this.text.indexOf('\n', at + 1)
    )
      line += 1;
    return line;
  }

  /** Offset behind the LF of so many times 64 lines. */
  #mark(count: number): number {
    return count === 0 ? 0 : (this.#marks[count - 1] ?? this.text.length);
  }
}

/** Every line end of the text as the given one. */
export const withLineEnds = (text: string, end: LineEnd): string =>
  end === '\n' ? text.replaceAll('\r\n', '\n') : text.replaceAll(/\r?\n/g, '\r\n');
