/**
 * A job's output, read from its files. Nothing here ever holds more than what is asked for: the file
 * is the buffer, however large it is.
 */
import { openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { codeOf } from '../core/failure.ts';
import { continuationBytes, decodeUtf8, wholeCharacters } from '../core/utf8.ts';
import { close } from '../platform/files/close.ts';

/** What a running job's record shows of each stream. */
export const LIVE_BYTES = 64 * 1024;
/** Up to this a finished job's record holds a stream whole. */
export const WHOLE_BYTES = 1024 * 1024;
/** The most a `tailLines` answer holds of a stream, however long its lines. */
export const TAIL_BYTES = 1024 * 1024;

export interface Excerpt {
  readonly text: string;
  readonly truncated: boolean;
}

const EMPTY: Excerpt = { text: '', truncated: false };

/** The last `LIVE_BYTES`, without a character that is still being written. */
export async function readLive(path: string, bytes: number): Promise<Excerpt> {
  if (bytes === 0) return EMPTY;
  const from = Math.max(0, bytes - LIVE_BYTES);
  return { text: decode(wholeCharacters(await readSlice(path, from, bytes)), from > 0), truncated: from > 0 };
}

/** Whole, or head and tail with one line between that says how many bytes were left out. */
export async function readWhole(path: string, bytes: number): Promise<Excerpt> {
  if (bytes === 0) return EMPTY;
  if (bytes <= WHOLE_BYTES) return { text: decode(await readSlice(path, 0, bytes), false), truncated: false };
  const half = WHOLE_BYTES / 2;
  const [head, tail] = await Promise.all([readSlice(path, 0, half), readSlice(path, bytes - half, bytes)]);
  const left = bytes - WHOLE_BYTES;
  const between = `\n[... ${left} bytes left out, the whole is at the output route ...]\n`;
  return { text: decode(wholeCharacters(head), false) + between + decode(tail, true), truncated: true };
}

/** The last `lines` lines; a final newline ends the last line rather than beginning another. */
export async function readTail(path: string, bytes: number, lines: number): Promise<Excerpt> {
  if (bytes === 0) return EMPTY;
  if (lines === 0) return { text: '', truncated: true };
  const least = Math.max(0, bytes - TAIL_BYTES);
  let from = bytes;
  let tail: Uint8Array = new Uint8Array();
  let start = -1;
  while (from > least && start < 0) {
    // Twice as much each time: short tails of long files cost little, long ones are still found.
    const wanted = Math.min(bytes - least, Math.max(LIVE_BYTES, tail.length * 2));
    from = bytes - wanted;
    tail = await readSlice(path, from, bytes);
    start = startOfLastLines(tail, lines);
  }
  const cut = start > 0 ? start : 0;
  return { text: decode(tail.subarray(cut), start < 0 && from > 0), truncated: from + cut > 0 };
}

/** Where the last `lines` lines begin; -1 when the bytes hold fewer. A lone CR ends a line, as in the record. */
function startOfLastLines(bytes: Uint8Array, lines: number): number {
  let seen = 0;
  let at = bytes.length - 1;
  if (bytes[at] === LF) at -= 1;
  if (at >= 0 && bytes[at] === CR) at -= 1;
  for (; at >= 0; at -= 1) {
    const ends = bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] !== LF);
    if (ends && ++seen === lines) return at + 1;
  }
  return -1;
}

const LF = 0x0a;
const CR = 0x0d;

/** Up to this much a read from the page cache takes less time than handing it to another thread. */
const INLINE_BYTES = 256 * 1024;

/** The bytes `from` (inclusive) to `to` (exclusive), fewer when the file is shorter. */
export async function readSlice(path: string, from: number, to: number): Promise<Uint8Array> {
  try {
    return to - from <= INLINE_BYTES ? readNow(path, from, to) : await readElsewhere(path, from, to);
  } catch (error) {
    // Removed by retention in the meantime: there is nothing left to show.
    if (codeOf(error) === 'ENOENT') return new Uint8Array();
    throw error;
  }
}

/** As `readSlice`, for a few bytes; throws what the file system throws. */
export function readNow(path: string, from: number, to: number): Uint8Array {
  const buffer = new Uint8Array(to - from);
  const fd = openSync(path, 'r');
  try {
    return buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, from));
  } finally {
    close(fd);
  }
}

async function readElsewhere(path: string, from: number, to: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(to - from);
  await using file = await open(path, 'r');
  return buffer.subarray(0, (await file.read(buffer, 0, buffer.length, from)).bytesRead);
}

/** Bytes as the record shows them: U+FFFD for what is not UTF-8, and LF for every end of line. */
function decode(bytes: Uint8Array, cutStart: boolean): string {
  const whole = cutStart ? bytes.subarray(continuationBytes(bytes)) : bytes;
  return decodeUtf8(whole).replaceAll(/\r\n?/g, '\n');
}
