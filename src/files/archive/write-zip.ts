/**
 * A zip archive of entries, as they come: stored, not compressed, with zip64 where it needs it. A library that compresses on the
 * way looks through all entries again for each one (yazl), or waits 10 ms for each (@zip.js/zip.js, tried with 20,000).
 */
import { bytesOf } from './name-bytes.ts';
import type { ArchiveEntry } from './archive-entry.ts';

const FILE = 0o100000;
const LINK = 0o120000;
/** What its dates can say. */
const FIRST = Date.UTC(1980, 0, 2);
const LAST = Date.UTC(2107, 11, 30);

export async function* zipOf(entries: AsyncGenerator<ArchiveEntry>): AsyncGenerator<Uint8Array> {
  // Loaded at the first zip.
  const { makeZip } = await import('client-zip');
  const reader = makeZip(inputsOf(entries)).getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } finally {
    // The library throws what it is cancelled for, and leaves its source as it is.
    await reader.cancel().catch(() => {});
    await entries.return(undefined);
  }
}

async function* inputsOf(entries: AsyncIterable<ArchiveEntry>) {
  for await (const entry of entries) {
    const lastModified = new Date(Math.min(Math.max(entry.modifiedAt, FIRST), LAST));
    const common = { name: bytesOf(entry.name), lastModified };
    const mode = entry.mode & 0o777;
    if (entry.type === 'folder') yield { ...common, mode };
    else if (entry.type === 'link') yield { ...common, input: bytesOf(entry.target), mode: LINK | 0o777 };
    else yield { ...common, input: entry.pieces, mode: FILE | mode };
  }
}
