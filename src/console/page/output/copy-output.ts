/** Text of an output for the clipboard, exactly: lines as they are, whether or not they are on the page. */
import { BLOCK_BYTES } from './block-reader.ts';
import { rowsOf, type OutputDocument, type OutputRow } from './output-document.ts';
import type { SelectedSpan } from './selected-places.ts';

/** More than that is for a file. */
export const MAX_COPIED = 16 * 1024 * 1024;
/** Blocks that are asked for at once. */
const AT_ONCE = 16;

/** What is selected, where all of it is loaded. */
export function loadedText(document: OutputDocument, span: SelectedSpan): string | undefined {
  const parts: string[] = [];
  for (let block = span.from.block; block <= span.to.block; block += 1) {
    const loaded = document.block(block);
    if (loaded === undefined) return undefined;
    parts.push(textOf(loaded.rows, block, span));
  }
  return parts.join('');
}

/** What is selected, read from the server; undefined where it is too long. */
export async function readText(
  document: OutputDocument,
  span: SelectedSpan,
  signal: AbortSignal,
): Promise<string | undefined> {
  if ((span.to.block - span.from.block) * BLOCK_BYTES > MAX_COPIED) return undefined;
  const parts: string[] = [];
  for (let first = span.from.block; first <= span.to.block; first += AT_ONCE) {
    const blocks = await document.raw(first, Math.min(first + AT_ONCE, span.to.block + 1), signal);
    for (const [index, raw] of blocks.entries()) parts.push(textOf(rowsOf(raw)[0], first + index, span));
  }
  return parts.join('');
}

export const wholeSpan = (document: OutputDocument): SelectedSpan => ({
  from: { block: 0, row: 0, character: 0 },
  to: { block: Math.max(0, document.blockCount - 1), row: Number.POSITIVE_INFINITY, character: 0 },
});

function textOf(rows: readonly OutputRow[], block: number, { from, to }: SelectedSpan): string {
  const first = block === from.block ? from.row : 0;
  return rows
    .slice(first, block === to.block ? to.row + 1 : rows.length)
    .map(({ text, ended }, index) => {
      const isFirst = block === from.block && index === 0;
      const isLast = block === to.block && first + index === to.row;
      const part = text.slice(isFirst ? from.character : 0, isLast ? to.character : text.length);
      return ended && !isLast ? `${part}\n` : part;
    })
    .join('');
}
