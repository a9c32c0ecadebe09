/** Where a line is, by its number: lines are counted from the beginning as far as nobody has yet. */
import type { OutputDocument, Place } from './output-document.ts';
import { BLOCK_BYTES } from './block-reader.ts';

/** Blocks that are asked for at once. */
const AT_ONCE = 32;

/** The place of the line, or of the last one there is. */
export async function placeOfLine(
  document: OutputDocument,
  line: number,
  signal: AbortSignal,
): Promise<Place | undefined> {
  for (let block = 0; block < document.blockCount; block += 1) {
    if (document.linesBefore(block + 1) === undefined)
      await document.raw(block, Math.min(block + AT_ONCE, document.blockCount), signal);
    const after = document.linesBefore(block + 1);
    const isLast = block === document.blockCount - 1;
    if (after !== undefined && after < line && !isLast) continue;
    const before = document.linesBefore(block) ?? 0;
    await document.load(block, signal);
    const rows = document.block(block)?.rows ?? [];
    const row = rows.findIndex((one) => one.line === line - 1 - before);
    if (row !== -1) return { block, row };
    if (isLast) return { block, row: Math.max(0, rows.length - 1) };
  }
  return undefined;
}

/** Counts the lines before a block, where that takes no more than `most` bytes. */
export async function countBefore(
  document: OutputDocument,
  block: number,
  most: number,
  signal: AbortSignal,
): Promise<void> {
  if (block * BLOCK_BYTES > most) return;
  for (let at = 0; at < block; at += AT_ONCE) {
    const end = Math.min(at + AT_ONCE, block);
    if (document.linesBefore(end) === undefined) await document.raw(at, end, signal);
  }
}
