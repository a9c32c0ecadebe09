/**
 * An append-only, numbered log, for any room: the newest entries in memory for those who follow, a file behind it for
 * those who come late or come back.
 *
 * Readers are cursors: a reader says the last number it has seen and gets what came after, so nothing is lost or
 * repeated however often it leaves. Memory is bounded in entries and in bytes, for the log and for each read: one entry
 * may be 100 MB, and then it is in the file alone.
 */
import { Notifier } from '../core/notifier.ts';
import { LogFile, type AppendText } from './log-file.ts';

export interface Numbered<Entry> {
  /** From 1, without gaps; the same after a restart. */
  readonly id: number;
  readonly entry: Entry;
}

export interface ReadLimits {
  readonly entries: number;
  /** Bytes of JSON; an entry that is larger is read alone. */
  readonly bytes: number;
}

export interface LogOptions {
  /** What is kept in memory. */
  readonly memory?: ReadLimits;
  readonly appendText?: AppendText;
}

const MEMORY: ReadLimits = { entries: 512, bytes: 1024 * 1024 };

export class EventLog<Entry> implements Disposable {
  /** Notified of every append, and when the log is closed. */
  readonly grown = new Notifier();
  readonly #file: LogFile;
  readonly #isEntry: (value: unknown) => value is Entry;
  readonly #memory: (Numbered<Entry> & { readonly bytes: number })[] = [];
  readonly #limits: ReadLimits;
  #memoryBytes = 0;
  #closed = false;

  private constructor(file: LogFile, isEntry: (value: unknown) => value is Entry, limits: ReadLimits) {
    this.#file = file;
    this.#isEntry = isEntry;
    this.#limits = limits;
  }

  /** Opens the log of that file, or begins one. `isEntry` checks what is read back from the file. */
  static async open<Entry>(
    path: string,
    isEntry: (value: unknown) => value is Entry,
    { memory = MEMORY, appendText }: LogOptions = {},
  ): Promise<EventLog<Entry>> {
    return new EventLog(await LogFile.open(path, appendText), isEntry, memory);
  }

  /** The number of the newest entry; 0 when there is none. */
  get last(): number {
    return this.#file.lines;
  }

  /** Returns the entry's number. Throws what the file system throws; the entry is then not in the log. */
  append(entry: Entry): number {
    if (this.#closed) throw new Error('the event log is closed');
    const bytes = this.#file.append(JSON.stringify(entry));
    this.#memory.push({ id: this.last, entry, bytes });
    this.#memoryBytes += bytes;
    while (this.#memory.length > this.#limits.entries || this.#memoryBytes > this.#limits.bytes)
      this.#memoryBytes -= this.#memory.shift()?.bytes ?? 0;
    this.grown.notifyAll();
    return this.last;
  }

  /** Entries with numbers above `after`, in order: one at least where there is one, and then as many as `limits` allow. */
  read(after: number, limits: ReadLimits): Numbered<Entry>[] {
    const found: Numbered<Entry>[] = [];
    let bytes = 0;
    for (const next of after < this.last ? this.#after(after) : []) {
      bytes += next.bytes;
      if (found.length > 0 && (found.length >= limits.entries || bytes > limits.bytes)) break;
      found.push({ id: after + found.length + 1, entry: next.read() });
    }
    return found;
  }

  /** All of them in order, each read as it is asked for. */
  *entries(): Generator<Entry> {
    for (const { read } of this.#after(0)) yield read();
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.#file[Symbol.dispose]();
    this.grown.notifyAll();
  }

  *#after(after: number): Generator<{ readonly bytes: number; readonly read: () => Entry }> {
    const index = after + 1 - (this.#memory[0]?.id ?? Infinity);
    if (index >= 0) {
      for (const { entry, bytes } of this.#memory.slice(index)) yield { bytes, read: () => entry };
      return;
    }
    let id = after;
    for (const line of this.#file.linesAfter(after)) {
      id += 1;
      yield { bytes: line.length, read: () => this.#parse(line, id) };
    }
  }

  #parse(line: Buffer, id: number): Entry {
    const value = parseJson(line);
    if (!this.#isEntry(value)) throw new Error(`entry ${id} of the event log cannot be read`);
    return value;
  }
}

/** Undefined for what is no JSON. */
function parseJson(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'));
  } catch {
    return undefined;
  }
}
