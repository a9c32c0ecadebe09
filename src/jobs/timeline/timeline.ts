/**
 * Both streams of a job's output as one, in the order in which they came.
 *
 * A position is a number of bytes of both streams together. What has one keeps it, so that a reader gets to any place of a
 * long output, and on from there. While the job runs its timeline ends with what its clock has noted; once it is done,
 * with all there is: what the clock has not, such as all of a job of an earlier build, comes last, stdout first.
 */
import { decodeUtf8, unfinishedBytes } from '../../core/utf8.ts';
import type { JobFolder, OutputStream } from '../folder.ts';
import { readSlice } from '../output.ts';
import { piecesAt, type Piece } from './pieces.ts';

export interface TimelineEntry {
  /** When the last byte of it had come, Unix ms. */
  readonly at: number;
  readonly stream: OutputStream;
  /** Where in the stream it begins. */
  readonly offset: number;
  readonly bytes: number;
  readonly text: string;
}

export interface TimelinePart {
  /** Where it begins: up to three bytes before what was asked for, so that no character is parted. */
  readonly from: number;
  /** Where the next part begins. */
  readonly to: number;
  /** Where the timeline ends for now. */
  readonly total: number;
  readonly entries: readonly TimelineEntry[];
}

export interface TimelineRequest {
  /** A position; at the end and beyond it there is nothing. */
  readonly from: number;
  /** The most bytes; 4 at least, since a character may have as many. */
  readonly limit: number;
  /** The job is done. */
  readonly done: boolean;
}

export async function readTimeline(folder: JobFolder, { from, limit, done }: TimelineRequest): Promise<TimelinePart> {
  const { position, pieces, total } = piecesAt(folder, from, done);
  const start = Math.min(from, total);
  const cut = cutTo(pieces, start - position, limit);
  const [first] = cut;
  if (first === undefined) return { from: start, to: start, total, entries: [] };

  const lead = await bytesOf(folder, {
    ...first,
    from: Math.max(pieces[0]?.from ?? 0, first.from - 3),
    to: first.from,
  });
  const back = unfinishedBytes(lead);
  cut[0] = { ...first, from: first.from - back };
  const streams = { stdout: await spanOf('stdout'), stderr: await spanOf('stderr') };
  const entries = cut.flatMap(({ at, stream, from: offset, to }, index): TimelineEntry[] => {
    const span = streams[stream];
    const bytes = span.bytes.subarray(offset - span.from, to - span.from);
    // Only the last one may end where a character does not.
    const half = index === cut.length - 1 && to < (pieces[index]?.to ?? to) ? unfinishedBytes(bytes) : 0;
    const length = to - offset - half;
    return length === 0 ? [] : [{ at, stream, offset, bytes: length, text: decodeUtf8(bytes.subarray(0, length)) }];
  });
  const length = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  return { from: start - back, to: start - back + length, total, entries };

  /** All that is wanted of a stream, read at once. */
  async function spanOf(stream: OutputStream): Promise<{ readonly from: number; readonly bytes: Uint8Array }> {
    const own = cut.filter((piece) => piece.stream === stream);
    const span = { stream, from: own.at(0)?.from ?? 0, to: own.at(-1)?.to ?? 0 };
    return { from: span.from, bytes: await bytesOf(folder, span) };
  }
}

/** The pieces without their first `skip` bytes, and `limit` bytes of the rest. */
function cutTo(pieces: readonly Piece[], skip: number, limit: number): Piece[] {
  const cut: Piece[] = [];
  let left = limit;
  for (const piece of pieces) {
    const from = piece.from + (cut.length === 0 ? skip : 0);
    const to = Math.min(piece.to, from + left);
    if (to <= from) break;
    cut.push({ ...piece, from, to });
    left -= to - from;
  }
  return cut;
}

const bytesOf = async (folder: JobFolder, { stream, from, to }: Pick<Piece, 'stream' | 'from' | 'to'>) =>
  readSlice(folder.output(stream), from, to);
