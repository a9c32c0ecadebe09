/**
 * The file `clock` of a job: how far its two streams had come, and when. A row is
 *
 *   time (Unix ms) · bytes of stdout · bytes of stderr      6 bytes each, the lowest first
 *
 * Rows are of one length, so that any place of a long output is found by halving. Both sizes only ever grow from row to
 * row; the time is the machine's, which may be set back. A last row that is not whole, left by a crash or a full disk, is
 * overwritten by the next.
 */
import { constants, openSync, readSync, statSync, writeSync } from 'node:fs';
import { close } from '../../platform/files/close.ts';

export interface ClockRow {
  /** When the last of those bytes came, Unix ms. */
  readonly at: number;
  readonly stdout: number;
  readonly stderr: number;
}

const BEFORE_ALL: ClockRow = { at: 0, stdout: 0, stderr: 0 };

const FIELD_BYTES = 6;
const ROW_BYTES = 3 * FIELD_BYTES;

/** Writes rows after the first `count`. Throws what the file system throws; some of them may be there then. */
export function writeRows(path: string, count: number, rows: readonly ClockRow[]): void {
  const bytes = Buffer.alloc(rows.length * ROW_BYTES);
  rows.forEach(({ at, stdout, stderr }, index) =>
    [at, stdout, stderr].forEach((field, place) =>
      bytes.writeUIntLE(Math.round(field), index * ROW_BYTES + place * FIELD_BYTES, FIELD_BYTES),
    ),
  );
  const fd = openSync(path, constants.O_WRONLY | constants.O_CREAT, 0o600);
  try {
    for (let done = 0; done < bytes.length;)
      done += writeSync(fd, bytes, done, bytes.length - done, count * ROW_BYTES + done);
  } finally {
    close(fd);
  }
}

/** A clock that is being read: its rows as they were when it was opened. */
export class ClockReader implements Disposable {
  readonly #fd: number | undefined;
  /** Rows; 0 when there is no file. */
  readonly count: number;

  constructor(path: string) {
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    this.#fd = size === 0 ? undefined : openSync(path, 'r');
    try {
      let count = Math.floor(size / ROW_BYTES);
      // A power loss may leave a row of zeros.
      while (count > 0 && this.#read(count, 1)[0]?.at === 0) count -= 1;
      this.count = count;
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** Row 0 is before the first one in the file: nothing had come yet. */
  row(number: number): ClockRow {
    return this.rows(number, 1)[0] ?? BEFORE_ALL;
  }

  /** Rows from `number` (1 is the first one in the file) on, at most `most`. */
  rows(number: number, most: number): ClockRow[] {
    return this.#read(number, Math.min(most, this.count - number + 1));
  }

  /** The last row at which no more than `position` bytes of both streams together had come. */
  rowBefore(position: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      const { stdout, stderr } = this.row(middle);
      if (stdout + stderr <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #read(number: number, count: number): ClockRow[] {
    if (this.#fd === undefined || number < 1 || count < 1) return [];
    const bytes = Buffer.alloc(count * ROW_BYTES);
    const read = readSync(this.#fd, bytes, 0, bytes.length, (number - 1) * ROW_BYTES);
    return Array.from({ length: Math.floor(read / ROW_BYTES) }, (_, index) => {
      const field = (place: number) => bytes.readUIntLE(index * ROW_BYTES + place * FIELD_BYTES, FIELD_BYTES);
      return { at: field(0), stdout: field(1), stderr: field(2) };
    });
  }

  [Symbol.dispose](): void {
    if (this.#fd !== undefined) close(this.#fd);
  }
}
