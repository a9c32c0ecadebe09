/**
 * Finds a text in an output, from its beginning to its end, wherever it is loaded from. What is kept of the matches is how
 * many each block has; which rows these are is looked up in the block when one is gone to.
 */
import { rowsOf, type OutputDocument, type OutputRow, type Place } from './output-document.ts';

/** Blocks that are asked for at once. */
const AT_ONCE = 16;

export interface Match extends Place {
  readonly from: number;
  readonly to: number;
}

/** Upper and lower case are one; a line break is in no match. */
export const searchPattern = (text: string): RegExp =>
  new RegExp(text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`), 'giu');

export function matchesIn(pattern: RegExp, rows: readonly OutputRow[], block: number): Match[] {
  return rows.flatMap(({ text }, row) =>
    [...text.matchAll(pattern)].map(({ index, 0: found }) => ({ block, row, from: index, to: index + found.length })),
  );
}

export class OutputSearch {
  readonly pattern: RegExp;
  readonly #document: OutputDocument;
  readonly #counts: number[] = [];
  #total = 0;

  constructor(document: OutputDocument, pattern: RegExp) {
    this.#document = document;
    this.pattern = pattern;
  }

  get count(): number {
    return this.#total;
  }

  /** 0 to 1. */
  get progress(): number {
    return this.#document.blockCount === 0 ? 1 : this.#counts.length / this.#document.blockCount;
  }

  /** Searches on to the end; `found` is called after each step, and stops the search by returning true. */
  async run(found: () => boolean | undefined, signal: AbortSignal): Promise<void> {
    // The last block may have grown.
    const last = this.#counts.pop();
    this.#total -= last ?? 0;
    while (this.#counts.length < this.#document.blockCount) {
      const first = this.#counts.length;
      const end = Math.min(first + AT_ONCE, this.#document.blockCount);
      const blocks = await this.#document.raw(first, end, signal);
      for (const [index, raw] of blocks.entries()) {
        const count = matchesIn(this.pattern, rowsOf(raw)[0], first + index).length;
        this.#counts.push(count);
        this.#total += count;
      }
      if (found() === true) return;
    }
  }

  /** The match of that number, from 0. */
  async match(number: number, signal: AbortSignal): Promise<Match | undefined> {
    let before = 0;
    for (const [block, count] of this.#counts.entries()) {
      if (number < before + count) {
        await this.#document.load(block, signal);
        return matchesIn(this.pattern, this.#document.block(block)?.rows ?? [], block)[number - before];
      }
      before += count;
    }
    return undefined;
  }
}
