/**
 * The file behind an event log: one JSON document a line, and line N is entry N (from 1).
 *
 * It may be larger than memory, so it is never read as a whole. What is known of it is where its segments begin: as
 * many lines as fit 64 KiB, or one longer line. A reader gets to any line by reading one segment.
 *
 * A last line without an end, left by a crash or a full disk, was never read by anybody and is cut off by the next append.
 * Only then: for a reader who opens the file of another's log it may be a line that is being written.
 *
 * The name `*.jsonl` stands for this format. Fields may be added to an entry, and readers pass over those that they do
 * not know; a format in which lines mean something else gets another file name, so that an older build finds no log
 * rather than a wrong one.
 */
import { appendFileSync, ftruncateSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { codeOf } from '../core/failure.ts';
import { close } from '../platform/files/close.ts';

const SEGMENT_BYTES = 64 * 1024;
const BLOCK_BYTES = 1024 * 1024;
const LINE_END = 0x0a;

/** Writes all of `text` at the end of the file, or throws. */
export type AppendText = (fd: number, text: string) => void;

interface Segment {
  /** Number of its first line. */
  readonly line: number;
  /** Where that begins in the file. */
  readonly at: number;
}

export class LogFile implements Disposable {
  readonly #path: string;
  readonly #appendText: AppendText;
  readonly #segments: Segment[] = [];
  #fd: number | undefined;
  #lines = 0;
  #bytes = 0;
  /** There may be half a line after the last whole one. */
  #torn = false;

  private constructor(path: string, appendText: AppendText) {
    this.#path = path;
    this.#appendText = appendText;
  }

  /** Passes over what is there once, block by block; a file that is not there is made by the first append. */
  static async open(path: string, appendText: AppendText = appendFileSync): Promise<LogFile> {
    const file = new LogFile(path, appendText);
    await file.#scan();
    return file;
  }

  get lines(): number {
    return this.#lines;
  }

  /** Appends a line and returns its length in bytes. Throws what the file system throws; the line is then not there. */
  append(text: string): number {
    this.#fd ??= openSync(this.#path, 'a', 0o600);
    // A disk that fills up takes the first half of a line, which the next one must not continue.
    if (this.#torn) ftruncateSync(this.#fd, this.#bytes);
    this.#torn = true;
    this.#appendText(this.#fd, `${text}\n`);
    this.#torn = false;
    const length = Buffer.byteLength(text) + 1;
    this.#addLine(this.#bytes + length);
    return length;
  }

  /** The lines after the first `after`, each with its end; read segment by segment as they are asked for. */
  *linesAfter(after: number): Generator<Buffer> {
    let index = this.#segments.findLastIndex(({ line }) => line <= after + 1);
    let skip = after + 1 - (this.#segments[index]?.line ?? 0);
    for (; index >= 0 && index < this.#segments.length; index += 1) {
      for (const line of linesOf(this.#readSegment(index))) if (skip-- <= 0) yield line;
    }
  }

  [Symbol.dispose](): void {
    if (this.#fd !== undefined) close(this.#fd);
    this.#fd = undefined;
  }

  async #scan(): Promise<void> {
    const handle = await open(this.#path, 'r').catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    });
    if (handle === undefined) return;
    await using file = handle;
    const buffer = Buffer.alloc(BLOCK_BYTES);
    let size = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, size);
      if (bytesRead === 0) break;
      const block = buffer.subarray(0, bytesRead);
      for (let end = block.indexOf(LINE_END); end !== -1; end = block.indexOf(LINE_END, end + 1))
        this.#addLine(size + end + 1);
      size += bytesRead;
    }
    this.#torn = size > this.#bytes;
  }

  /** A line has been added that ends at `end`. */
  #addLine(end: number): void {
    const segment = this.#segments.at(-1);
    if (segment === undefined || end - segment.at > SEGMENT_BYTES)
      this.#segments.push({ line: this.#lines + 1, at: this.#bytes });
    this.#lines += 1;
    this.#bytes = end;
  }

  #readSegment(index: number): Buffer {
    const from = this.#segments[index]?.at ?? 0;
    const buffer = Buffer.alloc((this.#segments[index + 1]?.at ?? this.#bytes) - from);
    const fd = openSync(this.#path, 'r');
    try {
      return buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, from));
    } finally {
      close(fd);
    }
  }
}

function* linesOf(bytes: Buffer): Generator<Buffer> {
  for (let from = 0; from < bytes.length;) {
    const to = bytes.indexOf(LINE_END, from) + 1;
    // A file that somebody has cut short.
    if (to === 0) return;
    yield bytes.subarray(from, to);
    from = to;
  }
}
