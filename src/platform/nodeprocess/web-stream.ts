/** A stream of Node as a stream of the Web: read only as fast as its reader asks. */
import type { Readable } from 'node:stream';

// Not Readable.toWeb: it throws outside of any handler when a stream is destroyed that was closed before.
export function webStream(readable: Readable): ReadableStream<Uint8Array> {
  const pieces: AsyncIterator<Uint8Array> = readable[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await pieces.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await pieces.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}
