/** Rows around a place: as many as are to be drawn, as far as they are loaded. */
import { heightOfRow, type RowMeasures } from './height-estimate.ts';
import type { OutputDocument, OutputRow, Place } from './output-document.ts';

export interface PlacedRow extends Place {
  readonly content: OutputRow;
}

export interface RowWindow {
  readonly rows: readonly PlacedRow[];
  /** Whether nothing is before, and after, them in all of the output. */
  readonly atStart: boolean;
  readonly atEnd: boolean;
  /** Blocks that are wanted and not loaded. */
  readonly missing: readonly number[];
}

/** Rows of about `above` pixels before the place, itself, and `below` pixels after it. */
export function rowsAround(
  document: OutputDocument,
  place: Place,
  { above, below, measures }: { readonly above: number; readonly below: number; readonly measures: RowMeasures },
): RowWindow {
  const missing = new Set<number>();
  const rowAt = ({ block, row }: Place): PlacedRow | undefined => {
    const content = document.block(block)?.rows[row];
    return content && { block, row, content };
  };
  const step = ({ block, row }: Place, by: 1 | -1): PlacedRow | undefined => {
    const beside = rowAt({ block, row: row + by });
    if (beside !== undefined) return beside;
    for (let at = block + by; at >= 0 && at < document.blockCount; at += by) {
      const next = document.block(at);
      if (next === undefined) {
        missing.add(at);
        return undefined;
      }
      // No line begins in some blocks.
      if (next.rows.length > 0) return rowAt({ block: at, row: by === 1 ? 0 : next.rows.length - 1 });
    }
    return undefined;
  };
  const start = rowAt(place);
  if (start === undefined) {
    if (document.block(place.block) === undefined) missing.add(place.block);
    return { rows: [], atStart: false, atEnd: false, missing: [...missing] };
  }
  const rows: PlacedRow[] = [start];
  const collect = (by: 1 | -1, height: number): boolean => {
    let at = start;
    for (let got = 0; got < height; got += heightOfRow(at.content.text.length, measures)) {
      const next = step(at, by);
      if (next === undefined) return missing.size === 0;
      if (by === 1) rows.push(next);
      else rows.unshift(next);
      at = next;
    }
    return step(at, by) === undefined && missing.size === 0;
  };
  const atStart = collect(-1, above);
  const missingAbove = missing.size;
  const upward = [...missing];
  missing.clear();
  const atEnd = collect(1, below);
  return { rows, atStart: atStart && missingAbove === 0, atEnd, missing: [...upward, ...missing] };
}
