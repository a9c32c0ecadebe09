/** The size of a terminal in characters: 10–500 columns, 2–200 rows. */
export interface Size {
  readonly cols: number;
  readonly rows: number;
}

export const DEFAULT_SIZE: Size = { cols: 80, rows: 24 };

/** Anything becomes a size: what is no number leaves that side as it is. */
export function clampSize(cols: number | undefined, rows: number | undefined, current: Size): Size {
  return { cols: clamp(cols, 10, 500, current.cols), rows: clamp(rows, 2, 200, current.rows) };
}

function clamp(value: number | undefined, least: number, most: number, otherwise: number): number {
  if (value === undefined || Number.isNaN(value)) return otherwise;
  return Math.trunc(Math.min(most, Math.max(least, value)));
}
