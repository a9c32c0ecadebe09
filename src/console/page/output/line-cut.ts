/**
 * Where a piece of output that should end at some byte is cut: after the next newline, so that lines stay whole. A line
 * that goes on for longer is cut at that byte, but neither in a character nor in an escape sequence, and before the next
 * carriage return if there is one.
 */
import { startOfUnfinished } from '../../../core/escape-sequences.ts';

/** Bytes after the cut in which a newline is looked for. */
export const LOOK_AHEAD = 16 * 1024;
/** Bytes before the cut in which a character or an escape sequence may begin. */
export const LOOK_BACK = 64;

const NEWLINE = 10;
export const RETURN = 13;

/**
 * `at` is a position in the bytes, which end `LOOK_AHEAD` after it or where the stream ends. The cut depends on
 * nothing but what is around it, so that two neighbours agree.
 */
export function cutAt(bytes: Uint8Array, at: number): number {
  if (at === 0 || bytes[at - 1] === NEWLINE) return at;
  const newline = bytes.subarray(at, at + LOOK_AHEAD).indexOf(NEWLINE);
  if (newline !== -1) return at + newline + 1;
  const back = bytes.subarray(at, at + LOOK_AHEAD).indexOf(RETURN);
  if (back !== -1) return at + back;
  if (at + LOOK_AHEAD > bytes.length) return bytes.length;
  let cut = at;
  while (cut > at - 3 && isContinuation(bytes[cut])) cut -= 1;
  const start = Math.max(0, cut - LOOK_BACK);
  const before = Array.from(bytes.subarray(start, cut), (byte) => String.fromCharCode(byte)).join('');
  return start + startOfUnfinished(before);
}

const isContinuation = (byte = 0): boolean => (byte & 0xc0) === 0x80;
