/**
 * What `ripgrep --json` prints (https://docs.rs/grep-printer, struct JSON) as rows: one for each match, with the lines around
 * it. Pure: text in, rows out.
 *
 *   begin ──▶ (context | match)* ──▶ end, for each file with a match
 *
 * A row is handed out as soon as the lines behind it have come, or it is clear that none will.
 */
export interface Row {
  readonly path: string;
  /** Base64, of a path that is no UTF-8. */
  readonly pathBytes?: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in characters, of the whole line. */
  readonly column: number;
  /** The line without its end; of a long one what is around the match, with `…` where it was cut. */
  readonly text: string;
  readonly before?: readonly string[];
  readonly after?: readonly string[];
}

/** Text, or base64 where the bytes are no UTF-8. */
type Data = { readonly text: string } | { readonly bytes: string };

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

/** Characters of a line, before and behind the beginning of a match. */
const SHOWN_BEFORE = 200;
const SHOWN_BEHIND = 1000;

const decoder = new TextDecoder();

export class Rows {
  readonly #context: number;
  #path: { readonly path: string; readonly pathBytes?: string } = { path: '' };
  #before: Line[] = [];
  #waiting: Waiting[] = [];

  /** `context`: how many lines before and behind a match are wanted. */
  constructor(context: number) {
    this.#context = context;
  }

  /** Files with a match, as far as they have begun. */
  files = 0;

  /** The rows that one line of output completes. Throws for what is no message. */
  *take(message: string): Generator<Row> {
    const { type, data } = JSON.parse(message) as Message;
    if (type === 'begin') {
      this.files += 1;
      this.#path = pathOf(data.path);
      this.#before = [];
    } else if (type === 'context' || type === 'match') {
      yield* this.#line(data);
    } else if (type === 'end') {
      yield* this.#release(() => true);
    }
  }

  *#line({ lines, line_number: number = 0, submatches = [] }: MessageData): Generator<Row> {
    const line: Line = { number, bytes: bytesOf(lines ?? { text: '' }) };
    // Lines that do not follow on each other have others between them that are not told.
    yield* this.#release(({ last }) => last + 1 !== number);
    for (const one of this.#waiting) {
      one.after.push(shown(line.bytes, 0).text);
      one.last = number;
    }
    yield* this.#release(({ after }) => after.length >= this.#context);
    const before = this.#before.filter((other) => number - other.number <= this.#context);
    for (const { start } of submatches) {
      const { text, column } = shown(line.bytes, start);
      const row = {
        ...this.#path,
        line: number,
        column,
        text,
        ...(this.#context > 0 && { before: before.map(({ bytes }) => shown(bytes, 0).text) }),
      };
      if (this.#context === 0) yield row;
      else this.#waiting.push({ row, after: [], last: number });
    }
    if (this.#context > 0) this.#before = [...this.#before, line].slice(-this.#context);
  }

  *#release(isComplete: (one: Waiting) => boolean): Generator<Row> {
    const complete = this.#waiting.filter(isComplete);
    if (complete.length === 0) return;
    this.#waiting = this.#waiting.filter((one) => !complete.includes(one));
    for (const { row, after } of complete) yield { ...row, after };
  }
}

interface MessageData {
  readonly path?: Data;
  readonly lines?: Data;
  readonly line_number?: number;
  readonly submatches?: readonly { readonly start: number }[];
}

interface Message {
  readonly type: string;
  readonly data: MessageData;
}

function pathOf(path: Data = { text: '' }): { readonly path: string; readonly pathBytes?: string } {
  if ('text' in path) return { path: path.text };
  return { path: decoder.decode(Buffer.from(path.bytes, 'base64')), pathBytes: path.bytes };
}

const bytesOf = (data: Data): Uint8Array =>
  'text' in data ? Buffer.from(data.text, 'utf8') : Buffer.from(data.bytes, 'base64');

/** The line as it is shown for a match that begins at this byte. */
function shown(bytes: Uint8Array, start: number): { readonly text: string; readonly column: number } {
  const before = Array.from(decoder.decode(bytes.subarray(0, start)));
  const behind = Array.from(
    decoder.decode(bytes.subarray(start, start + 4 * (SHOWN_BEHIND + 2))).replace(/\r?\n[^]*$/, ''),
  );
  const cutBefore = before.length > SHOWN_BEFORE;
  const cutBehind = behind.length > SHOWN_BEHIND;
  const text = [
    cutBefore ? '…' : '',
    ...before.slice(cutBefore ? -SHOWN_BEFORE : 0),
    ...behind.slice(0, SHOWN_BEHIND),
    cutBehind ? '…' : '',
  ].join('');
  return { text, column: before.length + 1 };
}
