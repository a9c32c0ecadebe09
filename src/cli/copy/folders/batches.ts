/** Archives of a size that takes about a second: what is interrupted costs one of them at most. */
import type { Amount, Item } from './item.ts';

const MIB = 1024 * 1024;
const BYTES = { least: MIB, most: 32 * MIB, slowMs: 1500, quickMs: 400 } as const;
const MOST = { items: 2000, nameBytes: 256 * 1024 } as const;
/** An entry's header, and what fills its last block. */
const HEADER_BYTES = 1536;

export interface Batch extends Amount {
  readonly items: readonly Item[];
  /** About how many the archive has. */
  readonly archiveBytes: number;
}

export class Batches {
  #bytes: number = BYTES.least;

  *of(items: readonly Item[]): Generator<Batch> {
    let batch = { items: [] as Item[], files: 0, bytes: 0, archiveBytes: 0 };
    let nameBytes = 0;
    for (const item of items) {
      const bytes = item.type === 'file' ? item.size : 0;
      const isFull =
        batch.archiveBytes + bytes + HEADER_BYTES > this.#bytes ||
        batch.items.length === MOST.items ||
        nameBytes + item.name.length > MOST.nameBytes;
      if (isFull && batch.items.length > 0) {
        yield batch;
        batch = { items: [], files: 0, bytes: 0, archiveBytes: 0 };
        nameBytes = 0;
      }
      batch.items.push(item);
      if (item.type !== 'folder') batch.files += 1;
      batch.bytes += bytes;
      batch.archiveBytes += bytes + HEADER_BYTES;
      nameBytes += item.name.length;
    }
    if (batch.items.length > 0) yield batch;
  }

  /** How long one took, which says how large the next one is. */
  took(ms: number): void {
    if (ms > BYTES.slowMs) this.#bytes = Math.max(BYTES.least, this.#bytes / 2);
    else if (ms < BYTES.quickMs) this.#bytes = Math.min(BYTES.most, this.#bytes * 2);
  }
}
