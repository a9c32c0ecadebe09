/**
 * Where a conversation with an agent is shown: what the agent says goes to stdout, all about it to stderr, which may be the
 * same terminal. Lines that change are written over while they are the last ones on a terminal; elsewhere each is written
 * once, when it does not change any more.
 */
import { stripVTControlCharacters } from 'node:util';
import { writeNow } from '../output.ts';
import { cut } from '../table.ts';

type Stream = 'stdout' | 'stderr';

export interface ScreenOptions {
  /** Columns of the stream; undefined where it is no terminal. */
  readonly columns: (of: Stream) => number | undefined;
  /** Rows of the terminal: lines above them cannot be reached any more. */
  readonly rows: () => number;
  readonly write: (to: Stream, text: string) => void;
}

export const ownScreen = (): Screen =>
  new Screen({
    columns: (of) => (process[of].isTTY ? process[of].columns : undefined),
    rows: () => process.stderr.rows,
    write: writeNow,
  });

export class Screen {
  readonly #options: ScreenOptions;
  /** The stream whose last line has no end yet. */
  #open: Stream | undefined;
  /** Lines that can be written over: the last ones, from above. */
  #live: string[] = [];
  /** Lines that are not written yet, because they may still change. */
  readonly #changing = new Map<string, string>();

  constructor(options: ScreenOptions) {
    this.#options = options;
  }

  /** Text in pieces, as it is. */
  text(to: Stream, text: string): void {
    if (text === '') return;
    this.endLine(to);
    if (this.#options.columns(to) !== undefined) this.#live = [];
    this.#options.write(to, text);
    // A sequence that ends a colour stands after the end of the line.
    this.#open = stripVTControlCharacters(text).endsWith('\n') ? undefined : to;
  }

  /** Whole lines on stderr. */
  lines(...lines: readonly string[]): void {
    this.endLine();
    this.#live = [];
    for (const line of lines) this.#options.write('stderr', `${line}\n`);
  }

  /** A line on stderr that may change; `last`: it will not any more. */
  changing(id: string, line: string, last: boolean): void {
    const { columns, rows, write } = this.#options;
    const width = columns('stderr');
    if (width === undefined) {
      this.#changing.set(id, line);
      if (last) this.#writeOnce(id);
      return;
    }
    const shown = cut(line, width - 1);
    const at = this.#live.indexOf(id);
    const up = this.#live.length - at;
    if (at >= 0 && up < rows()) write('stderr', `\u001b[${up}A\r\u001b[2K${shown}\u001b[${up}B\r`);
    // Where other output has come after it, only what has become of it is worth a second line.
    else if (last || !this.#changing.has(id)) {
      this.endLine();
      write('stderr', `${shown}\n`);
      this.#live.push(id);
    }
    if (last) this.#changing.delete(id);
    else this.#changing.set(id, line);
  }

  /** Nothing changes any more. */
  settle(): void {
    if (this.#options.columns('stderr') === undefined) for (const id of this.#changing.keys()) this.#writeOnce(id);
    this.#changing.clear();
    this.#live = [];
  }

  /** Ends a line of text that has no end yet; one of `except` goes on. */
  endLine(except?: Stream): void {
    if (this.#open === undefined || this.#open === except) return;
    this.#options.write(this.#open, '\n');
    this.#open = undefined;
  }

  /** The user has ended the line, with Enter. */
  entered(): void {
    this.#open = undefined;
  }

  #writeOnce(id: string): void {
    const line = this.#changing.get(id);
    this.#changing.delete(id);
    if (line !== undefined) this.lines(line);
  }
}
