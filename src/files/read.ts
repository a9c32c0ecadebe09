/**
 * Reading a file's bytes. What is read is what was checked: it is opened without following a link, and afterwards its name must
 * still be that file's and no folder above it a link. Every handle is closed at the end of the bytes, when their reader leaves,
 * and where anything throws: one that is collected unclosed ends the process (Bun 1.4.5).
 */
import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { fail, ok, type Result } from '../core/failure.ts';
import type { IrregularFile } from '../platform/files/open-regular.ts';
import { readFailureIn, versionOf, type Unreadable } from './entry.ts';
import { foundAt, openStill, type FoundFile } from './open-still.ts';
import type { Place, PlaceFailure, Reach } from './place.ts';

export interface ReadableFile extends AsyncDisposable {
  readonly version: string;
  /**
   * Bytes; 0 also for a file that is made as it is read, such as those of /proc and, unless it was found on a walk, of /sys: only
   * its end says how many there are.
   */
  readonly size: number;
  /** Unix milliseconds. */
  readonly modifiedAt: number;
  /** The bytes of a span; fewer where the file has become shorter. */
  bytes(from: number, to: number): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * The same piece by piece, and the file with them: it is closed with the stream, or by the signal. The stream fails where the
   * file has become shorter; `to` undefined: to the end, wherever that is.
   */
  stream(from: number, to: number | undefined, signal: AbortSignal): ReadableStream<Uint8Array>;
}

const PIECE_BYTES = 256 * 1024;

type Opened = Result<ReadableFile, PlaceFailure | IrregularFile | Unreadable>;

export const openForReading = (reach: Reach, place: Place): Promise<Opened> =>
  openMeasured(foundAt(reach, place), measuredSize);

/** The same where it was found on a walk. */
export const openFound = (found: FoundFile): Promise<Opened> =>
  openMeasured(found, async (_file, { size }) => Number(size));

/** Those of /sys say that they have the bytes of a page: what takes no room on a disk, and ends before its last byte, is made as it is read. */
async function measuredSize(file: FileHandle, { size, blocks }: BigIntStats): Promise<number> {
  if (size === 0n || blocks > 0n) return Number(size);
  const { bytesRead } = await file.read(new Uint8Array(1), 0, 1, Number(size) - 1);
  return bytesRead === 0 ? 0 : Number(size);
}

async function openMeasured(found: FoundFile, sizeOf: typeof measuredSize): Promise<Opened> {
  try {
    const opened = await openStill(found);
    if (!opened.ok) return opened;
    const file = opened.value;
    let isKept = false;
    try {
      const stats = await file.stat({ bigint: true });
      const size = await sizeOf(file, stats);
      isKept = true;
      return ok(readable(file, versionOf(stats), size, Number(stats.mtimeNs / 1_000_000n)));
    } finally {
      if (!isKept) await file.close();
    }
  } catch (error) {
    return fail(readFailureIn(error));
  }
}

function readable(file: FileHandle, version: string, size: number, modifiedAt: number): ReadableFile {
  let closing: Promise<void> | undefined;
  let isStreaming = false;
  const close = () => (closing ??= file.close());
  const piece = async (at: number, length: number): Promise<Uint8Array<ArrayBuffer>> => {
    const bytes = new Uint8Array(length);
    const { bytesRead } = await file.read(bytes, 0, length, at);
    return bytes.subarray(0, bytesRead);
  };
  return {
    version,
    size,
    modifiedAt,
    async bytes(from, to) {
      const pieces: Uint8Array[] = [];
      for (let at = from; at < to;) {
        const read = await piece(at, Math.min(PIECE_BYTES, to - at));
        if (read.length === 0) break;
        pieces.push(read);
        at += read.length;
      }
      return Buffer.concat(pieces);
    },
    stream(from, to, signal) {
      isStreaming = true;
      const leave = () => void close();
      signal.addEventListener('abort', leave, { once: true });
      if (signal.aborted) leave();
      const end = () => {
        signal.removeEventListener('abort', leave);
        return close();
      };
      let at = from;
      return new ReadableStream<Uint8Array>(
        {
          async pull(controller) {
            try {
              const read = await piece(at, Math.min(PIECE_BYTES, (to ?? Infinity) - at));
              if (read.length === 0 && to !== undefined) throw new Error('the file has become shorter');
              at += read.length;
              if (read.length > 0) controller.enqueue(read);
              if (read.length > 0 && at !== to) return;
              await end();
              controller.close();
            } catch (error) {
              await end();
              controller.error(error);
            }
          },
          cancel: end,
        },
        { highWaterMark: 0 },
      );
    },
    // A stream outlives the scope that it was made in.
    [Symbol.asyncDispose]: async () => {
      if (!isStreaming) await close();
    },
  };
}
