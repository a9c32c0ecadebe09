/**
 * An append-only, numbered log: a ring in memory for those who follow, a file behind it for those who
 * come back. Readers are cursors: a reader says the last number it has seen and gets what came after,
 * so nothing is lost or repeated however often it leaves.
 *
 * The file has one JSON document a line; line N is entry N (from 1). A last line that a crash cut
 * short was never read by anybody and is dropped when the file is opened again.
 */
import { appendFileSync, closeSync, fstatSync, ftruncateSync, openSync, readFileSync, truncateSync } from 'node:fs';
import { codeOf } from '../core/failure.ts';

const RING_ENTRIES = 512;

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
  #grown = Promise.withResolvers<void>();

  constructor(path: string, appendText: AppendText = appendFileSync) {
    this.#path = path;
    this.#appendText = appendText;
    for (const entry of readEntries<Entry>(path)) this.#remember(entry);
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
    return readEntries<Entry>(this.#path)
      .slice(after, after + limit)
      .map((entry, index) => ({ id: after + index + 1, entry }));
  }

  /** The newest entry that `matches`, looking back as far as memory goes and then in the file. */
  findLast(matches: (entry: Entry) => boolean): Entry | undefined {
    const inMemory = this.#ring.findLast(({ entry }) => matches(entry))?.entry;
    const first = this.#ring[0]?.id ?? 1;
    return inMemory ?? (first > 1 ? readEntries<Entry>(this.#path).findLast(matches) : undefined);
  }

  [Symbol.dispose](): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    this.#grown.resolve();
  }

  #remember(entry: Entry): void {
    this.#last += 1;
    this.#ring.push({ id: this.#last, entry });
    if (this.#ring.length > RING_ENTRIES) this.#ring.shift();
  }
}

function readEntries<Entry>(path: string): Entry[] {
  const bytes = readOrEmpty(path);
  const whole = bytes.lastIndexOf(0x0a) + 1;
  if (whole < bytes.length) truncateSync(path, whole);
  const lines = bytes.subarray(0, whole).toString('utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Entry);
}

function readOrEmpty(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}
