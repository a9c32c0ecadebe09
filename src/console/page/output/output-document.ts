/**
 * What is shown of a job's output, however long: blocks of it are loaded when they are wanted, the latest stay in memory, and
 * of every block that was ever read its number of lines is known.
 *
 * Colours and links go on from the block before where that one is loaded, or was; the first rows of a block whose
 * predecessor nobody has read are in plain text until somebody does. That is known of no cut: that its colours are right
 * where they were set more than a block before it.
 */
import { BLOCK_BYTES, readBlocks, type RawBlock, type ReadBytes } from './block-reader.ts';
import type { OutputLayout, Shown, StreamName } from './output-layout.ts';
import type { TextState } from './styled-text.ts';
import { textRows, type TextRow } from './text-rows.ts';

export interface OutputRow extends TextRow {
  readonly stream: StreamName;
  /** When it had come, Unix seconds. */
  readonly time?: number | undefined;
  /** How many newlines stand before it in its block; undefined for the rest of a line that began in the row before. */
  readonly line: number | undefined;
}

export interface Block {
  readonly rows: readonly OutputRow[];
}

/** Where a row is. */
export interface Place {
  readonly block: number;
  readonly row: number;
}

type States = Readonly<Partial<Record<StreamName, TextState>>>;

/** Rows that stay in memory at most, beside those of the block that was asked for last. */
const MAX_ROWS = 60_000;
const MAX_BLOCKS = 32;

export class OutputDocument {
  readonly shown: Shown;
  readonly #layout: OutputLayout;
  readonly #read: ReadBytes;
  /** In the order of their use, the latest last. */
  readonly #blocks = new Map<number, Block & { readonly before: States }>();
  readonly #after = new Map<number, States>();
  readonly #newlines: (number | undefined)[] = [];
  /** Lines before each block, as far as all of these have been read. */
  readonly #lines: number[] = [0];
  /** Blocks in which a stream ended when they were read. */
  readonly #open = new Set<number>();
  /** Loaded blocks that would be read otherwise now; they are shown until they are. */
  readonly #stale = new Set<number>();
  /** How often there was more. */
  #generation = 0;
  readonly #loading = new Map<number, Promise<void>>();

  constructor(layout: OutputLayout, shown: Shown, read: ReadBytes) {
    this.#layout = layout;
    this.shown = shown;
    this.#read = read;
  }

  get bytes(): number {
    return this.#layout.size(this.shown);
  }

  get blockCount(): number {
    return Math.ceil(this.bytes / BLOCK_BYTES);
  }

  /** Undefined until it is loaded. */
  block(number: number): Block | undefined {
    const block = this.#blocks.get(number);
    if (block === undefined) return undefined;
    this.#blocks.delete(number);
    this.#blocks.set(number, block);
    return block;
  }

  /** Whether it is loaded, and nothing has come since that would have it read otherwise. */
  isCurrent(number: number): boolean {
    return this.#blocks.has(number) && !this.#stale.has(number);
  }

  load(number: number, signal: AbortSignal): Promise<void> {
    if (number < 0 || number >= this.blockCount || this.isCurrent(number)) return Promise.resolve();
    const going = this.#loading.get(number);
    if (going !== undefined) return going;
    const loading = this.#fetch(number, signal).finally(() => this.#loading.delete(number));
    this.#loading.set(number, loading);
    return loading;
  }

  /** Without keeping them, but for how many lines they have: to search, to count, to copy. */
  async raw(first: number, end: number, signal: AbortSignal): Promise<RawBlock[]> {
    const generation = this.#generation;
    const blocks = await readBlocks({ layout: this.#layout, shown: this.shown, read: this.#read }, first, end, signal);
    for (const [index, { newlines, open }] of blocks.entries()) {
      if (open && generation !== this.#generation) continue;
      if (open) this.#open.add(first + index);
      this.#learn(first + index, newlines);
    }
    return blocks;
  }

  async #fetch(number: number, signal: AbortSignal): Promise<void> {
    const generation = this.#generation;
    const [raw] = await this.raw(number, number + 1, signal);
    if (raw === undefined) return;
    this.#keep(number, raw);
    if (raw.open && generation !== this.#generation) this.#stale.add(number);
    else this.#stale.delete(number);
  }

  /** To be called when there is more: what ended where a stream ended is to be read anew. */
  grown(): void {
    this.#generation += 1;
    for (const number of this.#open) {
      this.#stale.add(number);
      this.#learn(number, undefined);
    }
    this.#open.clear();
  }

  /** How many lines end before the block; undefined where a block before it was never read. */
  linesBefore(block: number): number | undefined {
    while (this.#lines.length <= block) {
      const newlines = this.#newlines[this.#lines.length - 1];
      if (newlines === undefined) return undefined;
      this.#lines.push((this.#lines.at(-1) ?? 0) + newlines);
    }
    return this.#lines[block];
  }

  #learn(block: number, newlines: number | undefined): void {
    if (this.#newlines[block] === newlines) return;
    this.#newlines[block] = newlines;
    this.#lines.length = Math.min(this.#lines.length, block + 1);
  }

  #keep(number: number, raw: RawBlock): void {
    const before = this.#after.get(number - 1) ?? {};
    const [rows, after] = rowsOf(raw, before);
    this.#after.set(number, after);
    this.#blocks.set(number, { rows, before });
    const next = this.#blocks.get(number + 1);
    // The next one was read without what goes on from this one.
    if (next !== undefined && JSON.stringify(next.before) !== JSON.stringify(after)) this.#stale.add(number + 1);
    this.#forget(number);
  }

  #forget(latest: number): void {
    let rows = [...this.#blocks.values()].reduce((sum, block) => sum + block.rows.length, 0);
    for (const [number, block] of this.#blocks) {
      if (rows <= MAX_ROWS && this.#blocks.size <= MAX_BLOCKS) return;
      if (Math.abs(number - latest) <= 2) continue;
      this.#blocks.delete(number);
      rows -= block.rows.length;
    }
  }
}

/** The rows of a block, and what goes on after it. */
export function rowsOf({ pieces }: Pick<RawBlock, 'pieces'>, before: States = {}): [OutputRow[], States] {
  const states = { ...before };
  const rows: OutputRow[] = [];
  let line = 0;
  let whole = true;
  for (const { stream, time, bytes, replaced } of pieces) {
    const [found, after] = textRows(decode(bytes), states[stream]);
    states[stream] = after;
    if (replaced && found.at(-1)?.ended === false) found.pop();
    for (const row of found) {
      rows.push({ ...row, stream, time, line: whole || rows.at(-1)?.stream !== stream ? line : undefined });
      whole = row.ended;
      if (row.ended) line += 1;
    }
  }
  return [rows, states];
}

/** A byte-order mark is a character like any other, since every piece would lose it. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const decode = (bytes: Uint8Array): string => decoder.decode(bytes);
