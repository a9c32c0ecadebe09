/** What came of one stream between two rows of a job's clock. */
import type { JobFolder, OutputStream } from '../folder.ts';
import { ClockReader, type ClockRow } from './clock-file.ts';

export interface Piece {
  /** When the last byte of it had come, Unix ms. */
  readonly at: number;
  readonly stream: OutputStream;
  /** Where in the stream it begins and ends. It parts no character, unless the output itself ends within one. */
  readonly from: number;
  readonly to: number;
}

export interface Pieces {
  /** In order; the first one holds the position that was asked for, if any does. */
  readonly pieces: readonly Piece[];
  /** The position at which the first one begins. */
  readonly position: number;
  /** The position at which the last piece of all ends. */
  readonly total: number;
}

/** At most so many rows of a clock are read at a time. */
const MAX_ROWS = 10_000;

/** The pieces from that position on. */
export function piecesAt(folder: JobFolder, position: number, done: boolean): Pieces {
  using clock = new ClockReader(folder.clock);
  const before = clock.rowBefore(position);
  const rows = clock.rows(before + 1, MAX_ROWS);
  const last = clock.row(clock.count);
  const rest = done ? restAfter(last, folder) : [];
  const all = before + rows.length === clock.count ? [...rows, ...rest] : rows;
  const base = clock.row(before);
  const pieces = all.flatMap((row, index) => piecesBetween(all[index - 1] ?? base, row));
  return { pieces, position: positionOf(base), total: positionOf(rest.at(-1) ?? last) };
}

/** What the clock does not know of, as rows that it would have. */
function restAfter(last: ClockRow, folder: JobFolder): ClockRow[] {
  const stdout = folder.outputStat('stdout');
  const stderr = folder.outputStat('stderr');
  const first = { ...last, at: stdout.changedAt, stdout: Math.max(last.stdout, stdout.bytes) };
  return [first, { ...first, at: stderr.changedAt, stderr: Math.max(last.stderr, stderr.bytes) }];
}

const piecesBetween = (before: ClockRow, row: ClockRow): Piece[] =>
  (['stdout', 'stderr'] as const).flatMap((stream) =>
    row[stream] > before[stream] ? [{ at: row.at, stream, from: before[stream], to: row[stream] }] : [],
  );

const positionOf = ({ stdout, stderr }: ClockRow): number => stdout + stderr;
