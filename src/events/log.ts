/**
 * An append-only, numbered log: a ring in memory for those who follow, a file behind it for those who
 * come back. Readers are cursors: a reader says the last number it has seen and gets what came after,
 * so nothing is lost or repeated however often it leaves.
 *
 * The file has one JSON document a line; line N is entry N (from 1). A last line that a crash cut
 * short was never read by anybody and is dropped when the file is opened again.
 */
import {
  appendFileSync,
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  truncateSync,
} from 'node:fs';
import { codeOf } from '../core/failure.ts';

const RING_ENTRIES = 512;
const MARK_EVERY = 256;

export interface Numbered<Entry> {
  readonly id: number;
  readonly entry: Entry;
}

/** Writes all of `text` at the end of the file, or throws. */
export type AppendText = (fd: number, text: string) => void;

export class EventLog<Entry> implements Disposable {
  readonly #path: string;
  readonly #appendText: AppendText;
  readonly #ring: Numbered<Entry>[] = [];
  #fd: number | undefined;
  #last = 0;
  /** Where every so many-th entry begins in the file: entry 1, 1 + MARK_EVERY, … */
  readonly #marks: number[] = [];
  #bytes = 0;
  #grown = Promise.withResolvers<void>();

  constructor(path: string, appendText: AppendText = appendFileSync) {
    this.#path = path;
    this.#appendText = appendText;
    const lines = readLines(path);
    const firstInMemory = Math.max(0, lines.length - RING_ENTRIES);
    for (const [index, line] of lines.entries()) {
      this.#mark(line.length);
      this.#last += 1;
      if (index >= firstInMemory) this.#ring.push({ id: this.#last, entry: parse<Entry>(line) });
    }
  }

  /** The newest entry, if there is one. */
  get newest(): Entry | undefined {
    return this.#ring.at(-1)?.entry;
  }

  /** The number of the newest entry; 0 when there is none. */
  get last(): number {
    return this.#last;
  }

  /** Resolves at the next append, or when the log is closed. */
  get grown(): Promise<void> {
    return this.#grown.promise;
  }

  /** Throws what the file system throws; the entry is then not in the log. */
  append(entry: Entry): number {
    this.#fd ??= openSync(this.#path, 'a', 0o600);
    const before = fstatSync(this.#fd).size;
    try {
      this.#appendText(this.#fd, `${JSON.stringify(entry)}\n`);
    } catch (error) {
      // A disk that fills up takes the first half of a line, which the next one must not continue.
      ftruncateSync(this.#fd, before);
      throw error;
    }
    this.#bytes = before;
    this.#mark(fstatSync(this.#fd).size - before);
    this.#remember(entry);
    const { resolve } = this.#grown;
    this.#grown = Promise.withResolvers<void>();
    resolve();
    return this.#last;
  }

  /** At most `limit` entries with numbers above `after`, in order. */
  read(after: number, limit: number): Numbered<Entry>[] {
    const first = this.#ring[0];
    if (first === undefined || after >= this.#last) return [];
    if (after >= first.id - 1) return this.#ring.slice(after - first.id + 1, after - first.id + 1 + limit);
    return this.#readFromFile(after, limit);
  }

  /** The newest entry that `matches`, looking back as far as memory goes and then in the file. */
  findLast(matches: (entry: Entry) => boolean): Entry | undefined {
    const inMemory = this.#ring.findLast(({ entry }) => matches(entry))?.entry;
    const first = this.#ring[0]?.id ?? 1;
    if (inMemory !== undefined || first === 1) return inMemory;
    return readLines(this.#path)
      .map((line) => parse<Entry>(line))
      .findLast(matches);
  }

  [Symbol.dispose](): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    this.#grown.resolve();
  }

  /** Reads no more of the file than the marks around the wanted entries make it. */
  #readFromFile(after: number, limit: number): Numbered<Entry>[] {
    const mark = Math.floor(after / MARK_EVERY);
    const from = this.#marks[mark] ?? 0;
    const to = this.#marks[Math.ceil((after + limit) / MARK_EVERY)] ?? this.#bytes;
    const buffer = Buffer.alloc(to - from);
    const fd = openSync(this.#path, 'r');
    try {
      readSync(fd, buffer, 0, buffer.length, from);
    } finally {
      closeSync(fd);
    }
    const skip = after - mark * MARK_EVERY;
    return linesOf(buffer)
      .slice(skip, skip + limit)
      .map((line, index) => ({ id: after + index + 1, entry: parse<Entry>(line) }));
  }

  /** Notes where the entry after `#last` begins, if it is one of those that are noted. */
  #mark(bytes: number): void {
    if (this.#last % MARK_EVERY === 0) this.#marks.push(this.#bytes);
    this.#bytes += bytes;
  }

  #remember(entry: Entry): void {
    this.#last += 1;
    this.#ring.push({ id: this.#last, entry });
    if (this.#ring.length > RING_ENTRIES) this.#ring.shift();
  }
}

/** The whole lines of the file, each with its line end. */
function readLines(path: string): Buffer[] {
  const bytes = readOrEmpty(path);
  const whole = bytes.lastIndexOf(LINE_END) + 1;
  if (whole < bytes.length) truncateSync(path, whole);
  return linesOf(bytes.subarray(0, whole));
}

function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0; from < bytes.length;) {
    const end = bytes.indexOf(LINE_END, from);
    const to = end === -1 ? bytes.length : end + 1;
    lines.push(bytes.subarray(from, to));
    from = to;
  }
  return lines;
}

const LINE_END = 0x0a;
const parse = <Entry>(line: Buffer): Entry => JSON.parse(line.toString('utf8')) as Entry;

function readOrEmpty(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}
