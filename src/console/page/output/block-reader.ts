/**
 * Reads what is shown in blocks: the pieces of each, as bytes, cut where lines end. A block is named by its number; its
 * positions are multiples of one size, and its bytes those of the lines that begin in it.
 */
import { cutAt, LOOK_AHEAD, LOOK_BACK, RETURN } from './line-cut.ts';
import type { OutputLayout, Piece, Shown, StreamName } from './output-layout.ts';

export const BLOCK_BYTES = 64 * 1024;

export interface BlockPiece extends Piece {
  readonly bytes: Uint8Array;
  /** A carriage return follows, and has what comes next replace its last line. */
  readonly replaced: boolean;
}

export interface RawBlock {
  readonly pieces: readonly BlockPiece[];
  readonly newlines: number;
  /** Its end was that of a stream: with more output it may read otherwise. */
  readonly open: boolean;
}

/** Reads bytes of a stream, as many of them as there are. */
export type ReadBytes = (stream: StreamName, from: number, to: number, signal: AbortSignal) => Promise<Uint8Array>;

/** The blocks from `first` to before `end`, with one request for each stream. */
export async function readBlocks(
  { layout, shown, read }: { readonly layout: OutputLayout; readonly shown: Shown; readonly read: ReadBytes },
  first: number,
  end: number,
  signal: AbortSignal,
): Promise<RawBlock[]> {
  const all = await layout.pieces(shown, first * BLOCK_BYTES, end * BLOCK_BYTES, signal);
  const { sizes } = layout;
  const parts = intoBlocks(all, end - first);
  const loaded = { stdout: await load('stdout'), stderr: await load('stderr') };
  return parts.map((pieces) => {
    const cut = pieces.map((piece) => {
      const [from, to] = [cutOf(piece.stream, piece.from), cutOf(piece.stream, piece.to)];
      const { start, bytes } = loaded[piece.stream];
      return {
        ...piece,
        from,
        to,
        bytes: bytes.subarray(from - start, to - start),
        replaced: bytes[to - start] === RETURN,
      };
    });
    return {
      pieces: cut.filter(({ bytes }) => bytes.length > 0),
      newlines: cut.reduce((sum, { bytes }) => sum + newlinesIn(bytes), 0),
      open: pieces.some(({ stream, to }) => to + LOOK_AHEAD > sizes[stream]),
    };
  });

  async function load(stream: StreamName): Promise<{ start: number; bytes: Uint8Array }> {
    const own = all.filter((piece) => piece.stream === stream);
    const [from, to] = [own[0]?.from, own.at(-1)?.to];
    if (from === undefined || to === undefined) return { start: 0, bytes: new Uint8Array() };
    const start = Math.max(0, from - LOOK_BACK - 4);
    return { start, bytes: await read(stream, start, Math.min(sizes[stream], to + LOOK_AHEAD), signal) };
  }

  function cutOf(stream: StreamName, at: number): number {
    const { start, bytes } = loaded[stream];
    return start + cutAt(bytes, at - start);
  }
}

/** The pieces of each of so many blocks; one that goes over a border is parted there. */
function intoBlocks(pieces: readonly Piece[], count: number): Piece[][] {
  const blocks: Piece[][] = Array.from({ length: count }, () => []);
  let position = 0;
  for (const piece of pieces) {
    for (let { from } = piece; from < piece.to;) {
      const to = Math.min(piece.to, from + BLOCK_BYTES - (position % BLOCK_BYTES));
      blocks[Math.floor(position / BLOCK_BYTES)]?.push({ ...piece, from, to });
      position += to - from;
      from = to;
    }
  }
  return blocks;
}

function newlinesIn(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) count += 1;
  return count;
}
