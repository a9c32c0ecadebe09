/** Lines of a file as bytes, CR LF and all, without reading what comes after them. */
import { fail, ok, type Result } from '../../core/failure.ts';

const CHUNK_BYTES = 64 * 1024;
const LINE_FEED = 10;

export type LinesFailure =
  | { readonly reason: 'too-large' }
  /** `lines` is the last one there is: after a line feed at the end comes one more, which is empty. */
  | { readonly reason: 'beyond-end'; readonly lines: number };

export interface LinesWanted {
  /** From 1. */
  readonly line: number;
  readonly limit: number;
  readonly maxBytes: number;
}

/** `read` fills the buffer and resolves to how many bytes that were; 0 at the end. */
export async function readLines(
  read: (buffer: Uint8Array) => Promise<number>,
  { line, limit, maxBytes }: LinesWanted,
): Promise<Result<Uint8Array, LinesFailure>> {
  const kept: Uint8Array[] = [];
  let size = 0;
  let at = 1;
  let left = limit;
  while (at < line || left > 0) {
    const buffer = new Uint8Array(CHUNK_BYTES);
    let rest = buffer.subarray(0, await read(buffer));
    if (rest.length === 0) break;
    while (at < line && rest.length > 0) {
      const end = rest.indexOf(LINE_FEED);
      rest = rest.subarray(end < 0 ? rest.length : end + 1);
      if (end >= 0) at += 1;
    }
    const taken = beginningOf(rest, left);
    left -= taken.lines;
    kept.push(rest.subarray(0, taken.length));
    size += taken.length;
    if (size > maxBytes) return fail({ reason: 'too-large' });
  }
  return at < line ? fail({ reason: 'beyond-end', lines: at }) : ok(joined(kept, size));
}

/** How many bytes of it the next `limit` lines are, and how many lines end in there. */
function beginningOf(bytes: Uint8Array, limit: number): { readonly length: number; readonly lines: number } {
  if (limit === Infinity) return { length: bytes.length, lines: 0 };
  let length = 0;
  for (let lines = 0; lines < limit; lines += 1) {
    const end = bytes.indexOf(LINE_FEED, length);
    if (end < 0) return { length: bytes.length, lines };
    length = end + 1;
  }
  return { length, lines: limit };
}

function joined(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const all = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
