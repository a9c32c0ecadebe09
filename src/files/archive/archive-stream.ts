/** A folder as one stream: tar, tar.gz or zip. */
import type { Place, Reach } from '../place.ts';
import type { ArchiveFormat } from './archive-format.ts';
import { gathered, gzipped, streamOf } from './chunks.ts';
import { entriesOf, type LeftOut } from './folder-entries.ts';
import { tarOf } from './write-tar.ts';
import { zipOf } from './write-zip.ts';

export interface ArchiveOptions extends LeftOut {
  readonly format: ArchiveFormat;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Ends it. */
  readonly signal: AbortSignal;
}

export function archiveStream(
  reach: Reach,
  folder: Place,
  { format, now, signal, ...leftOut }: ArchiveOptions,
): ReadableStream<Uint8Array> {
  const entries = entriesOf(reach, folder, leftOut, now);
  if (format === 'zip') return streamOf(gathered(zipOf(entries)), signal);
  const tar = gathered(tarOf(entries));
  return streamOf(format === 'tar' ? tar : gzipped(tar), signal);
}
