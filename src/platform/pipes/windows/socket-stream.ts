/** What comes in by a socket, as a stream. */
import type { Socket } from 'node:net';

/** Reads no further ahead than one chunk: a writer that is faster than its reader waits. */
export function streamOf(socket: Socket): ReadableStream<Uint8Array> {
  // A stream that was cancelled is closed already: to add to it or to close it again throws.
  let cancelled = false;
  return new ReadableStream({
    start(controller) {
      socket.on('data', (bytes: Buffer) => {
        if (cancelled) return;
        controller.enqueue(bytes);
        if ((controller.desiredSize ?? 0) <= 0) socket.pause();
      });
      socket.on('close', () => {
        if (!cancelled) controller.close();
      });
    },
    pull: () => void socket.resume(),
    cancel() {
      cancelled = true;
      socket.destroy();
    },
  });
}
