/** What is done to the bytes of an archive on their way out. */
import { createGzip } from 'node:zlib';
import { pipeline } from 'node:stream/promises';

const GATHERED_BYTES = 64 * 1024;

/** In pieces of a useful size: headers of small files are small. */
export async function* gathered(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    waiting.push(chunk);
    bytes += chunk.length;
    if (bytes < GATHERED_BYTES) continue;
    yield waiting.length === 1 ? chunk : Buffer.concat(waiting);
    waiting = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(waiting);
}

export async function* gzipped(chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gzip = createGzip();
  const feeding = pipeline(chunks, gzip);
  // Awaited below, and not unhandled until then.
  feeding.catch(() => {});
  try {
    for await (const chunk of gzip) yield chunk as Uint8Array;
    await feeding;
  } finally {
    gzip.destroy();
    await feeding.catch(() => {});
    await chunks.return(undefined);
  }
}

/** For an answer: nothing is read before it is asked for, and whoever leaves ends it. */
export function streamOf(chunks: AsyncGenerator<Uint8Array>, signal: AbortSignal): ReadableStream<Uint8Array> {
  const leave = () => void chunks.return(undefined).catch(() => {});
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  const end = () => signal.removeEventListener('abort', leave);
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await chunks.next();
          if (done !== true) return controller.enqueue(value);
          end();
          if (signal.aborted) return controller.error(signal.reason);
          controller.close();
        } catch (error) {
          end();
          controller.error(error);
        }
      },
      async cancel() {
        end();
        await chunks.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
