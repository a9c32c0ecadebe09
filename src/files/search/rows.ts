/**
 * What `ripgrep --json` prints (https://docs.rs/grep-printer, struct JSON) as rows: one for each match, with the lines around
 * it. Pure: text in, rows out.
 *
 *   begin ──▶ (context | match)* ──▶ end, for each file with a match
 *
 * A row is handed out as soon as the lines behind it have come, or it is clear that none will. Whoever takes no more of them
 * spares the work for the rest: a line may have a million matches.
 */
import { columnsOf, shown } from './line-text.ts';

export interface Row {
  /** From the folder that is searched, as the program has it. */
  readonly path: FoundPath;
  /** From 1. */
  readonly line: number;
  /** From 1, in characters, of the whole line. */
  readonly column: number;
  /** The line without its end; of a long one what is around the match, with `…` where it was cut. */
  readonly text: string;
  readonly before?: string[];
  readonly after?: string[];
}

/** Text, or base64 where the bytes are no UTF-8. */
export type FoundPath = { readonly text: string } | { readonly bytes: string };

const END = '{"type":"end",';

interface Line {
  readonly number: number;
  readonly bytes: Uint8Array;
}

interface Waiting {
  readonly row: Omit<Row, 'after'>;
  readonly after: string[];
  /** Number of the last line that has come for it. */
  last: number;
}

export class Rows {
  readonly #context: number;
  readonly #limit: number;
  readonly #allows: (path: FoundPath) => boolean;
  #path: FoundPath = { text: '' };
  #isAllowed = false;
  #before: Line[] = [];
  #waiting: Waiting[] = [];
  #made = 0;

  /** `context`: how many lines before and behind a match are wanted. `limit`: rows; of what is beyond none is made. `allows`: which files may be told. */
  constructor(context: number, limit: number, allows: (path: FoundPath) => boolean = () => true) {
    this.#context = context;
    this.#allows = allows;
    this.#limit = limit;
  }

  /** The rows that one line of output completes. Throws for what is no message. */
  *take(message: string): Generator<Row> {
    // Most of it is what the search took, and nobody asks for that.
    if (message.startsWith(END)) return yield* this.#release(() => true);
    const { type, data } = JSON.parse(message) as Message;
    if (type === 'begin') {
      this.#path = data.path ?? { text: '' };
      this.#isAllowed = this.#allows(this.#path);
      this.#before = [];
    } else if (!this.#isAllowed) {
      return;
    } else if (type === 'context' || type === 'match') {
      yield* this.#line(data);
    }
  }

  *#line({ lines, line_number: number = 0, submatches = [] }: MessageData): Generator<Row> {
    const line: Line = { number, bytes: bytesOf(lines ?? { text: '' }) };
    // Lines that do not follow on each other have others between them that are not told.
    yield* this.#release(({ last }) => last + 1 !== number);
    for (const one of this.#waiting) {
      one.after.push(shown(line.bytes, 0));
      one.last = number;
    }
    yield* this.#release(({ after }) => after.length >= this.#context);
    const before = this.#before
      .filter((other) => number - other.number <= this.#context)
      .map(({ bytes }) => shown(bytes, 0));
    const columns = columnsOf(line.bytes);
    for (const { start } of submatches) {
      if (this.#made === this.#limit) break;
      this.#made += 1;
      const row = {
        path: this.#path,
        line: number,
        column: columns(start),
        text: shown(line.bytes, start),
        ...(this.#context > 0 && { before }),
      };
      if (this.#context === 0) yield row;
      else this.#waiting.push({ row, after: [], last: number });
    }
    if (this.#context > 0) this.#before = [...this.#before, line].slice(-this.#context);
  }

  *#release(isComplete: (one: Waiting) => boolean): Generator<Row> {
    const complete = this.#waiting.filter(isComplete);
    if (complete.length === 0) return;
    this.#waiting = this.#waiting.filter((one) => !isComplete(one));
    for (const { row, after } of complete) yield { ...row, after };
  }
}

interface MessageData {
  readonly path?: FoundPath;
  readonly lines?: FoundPath;
  readonly line_number?: number;
  readonly submatches?: readonly { readonly start: number }[];
}

interface Message {
  readonly type: string;
  readonly data: MessageData;
}

const bytesOf = (data: FoundPath): Uint8Array =>
  'text' in data ? Buffer.from(data.text, 'utf8') : Buffer.from(data.bytes, 'base64');
