/** Entries as one stream: tar, tar.gz or zip. */
import type { ArchiveEntry } from './archive-entry.ts';
import type { ArchiveFormat } from './archive-format.ts';
import { gathered, gzipped, streamOf } from './chunks.ts';
import { tarOf } from './write-tar.ts';
import { zipOf } from './write-zip.ts';

/** `signal` ends it. */
export function archiveStream(
  entries: AsyncGenerator<ArchiveEntry>,
  format: ArchiveFormat,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  if (format === 'zip') return streamOf(gathered(zipOf(entries)), signal);
  const tar = gathered(tarOf(entries));
  return streamOf(format === 'tar' ? tar : gzipped(tar), signal);
}
