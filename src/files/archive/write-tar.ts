/** A tar archive of entries, as they come. */
import type { ArchiveEntry } from './archive-entry.ts';
import { tarEnd, tarHeader, tarPadding } from './tar-header.ts';

export async function* tarOf(entries: AsyncIterable<ArchiveEntry>): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const entry of entries) {
    const header = tarHeader(entry);
    bytes += header.length;
    yield header;
    if (entry.type !== 'file') continue;
    yield* entry.pieces;
    const padding = tarPadding(entry.size);
    bytes += entry.size + padding.length;
    if (padding.length > 0) yield padding;
  }
  yield tarEnd(bytes);
}
