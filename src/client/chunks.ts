/** The chunks of a body that may break or fall silent. */
import { messageOf } from '../core/failure.ts';
import { ClientError } from './failure.ts';

/** Ends with a ClientError where the connection breaks, or brings nothing for `silenceMs`. */
export async function* chunksOf(
  body: ReadableStream<Uint8Array>,
  silenceMs: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { promise: silent, resolve } = Promise.withResolvers<'silent'>();
      const timer = setTimeout(() => resolve('silent'), silenceMs);
      try {
        const next = await Promise.race([reader.read(), silent]);
        if (next === 'silent')
          throw new ClientError('unreachable', `the connection brought nothing for ${silenceMs / 1000} s`);
        if (next.done) return;
        yield next.value;
      } finally {
        clearTimeout(timer);
      }
    }
  } catch (error) {
    if (error instanceof ClientError) throw error;
    signal?.throwIfAborted();
    throw new ClientError('unreachable', `the connection broke: ${messageOf(error)}`);
  } finally {
    // Whoever stops listening hangs up.
    void reader.cancel().catch(() => {});
  }
}
