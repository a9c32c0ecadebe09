/** How high the blocks of an output are: by the rows of those that were loaded, and like these where nothing is known. */
import { BLOCK_BYTES } from './block-reader.ts';
import type { Block, OutputDocument } from './output-document.ts';

/** Bytes of a line where none is known yet. */
const USUAL_LINE = 60;

export interface RowMeasures {
  readonly rowHeight: number;
  /** Characters in a row on the page; Infinity where lines are not wrapped. */
  readonly columns: number;
}

export const heightOfRow = (length: number, { rowHeight, columns }: RowMeasures): number =>
  Math.max(1, Math.ceil(length / columns)) * rowHeight;

export class HeightEstimate {
  #measures: RowMeasures = { rowHeight: 18, columns: Number.POSITIVE_INFINITY };
  readonly #heights: number[] = [];
  #known = 0;
  #knownBlocks = 0;

  /** What was known of another width is forgotten. */
  set measures(measures: RowMeasures) {
    this.#measures = measures;
    this.#heights.length = 0;
    this.#known = 0;
    this.#knownBlocks = 0;
  }

  get measures(): RowMeasures {
    return this.#measures;
  }

  learn(number: number, { rows }: Block): void {
    const height = rows.reduce((sum, { text }) => sum + heightOfRow(text.length, this.#measures), 0);
    this.#known += height - (this.#heights[number] ?? 0);
    if (this.#heights[number] === undefined) this.#knownBlocks += 1;
    this.#heights[number] = height;
  }

  /** How much is above a block; that of the one after the last is the height of all. */
  above(document: OutputDocument, number: number): number {
    let height = 0;
    for (let at = 0; at < number; at += 1) height += this.of(document, at);
    return height;
  }

  of(document: OutputDocument, number: number): number {
    const known = this.#heights[number];
    if (known !== undefined) return known;
    const bytes = Math.min(BLOCK_BYTES, document.bytes - number * BLOCK_BYTES);
    const full =
      this.#knownBlocks === 0 ? (BLOCK_BYTES / USUAL_LINE) * this.#measures.rowHeight : this.#known / this.#knownBlocks;
    return Math.max(this.#measures.rowHeight, (full * bytes) / BLOCK_BYTES);
  }

  /** The block at a height, and which share of it is above. */
  at(document: OutputDocument, height: number): { readonly block: number; readonly share: number } {
    let above = 0;
    for (let block = 0; block < document.blockCount; block += 1) {
      const own = this.of(document, block);
      if (height < above + own) return { block, share: Math.max(0, (height - above) / own) };
      above += own;
    }
    return { block: Math.max(0, document.blockCount - 1), share: 1 };
  }
}
