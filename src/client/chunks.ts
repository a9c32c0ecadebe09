/** The chunks of a response body whose connection may break or fall silent. */
import { messageOf } from '../core/failure.ts';
import { ClientError, unreachable } from './failure.ts';
import { orSilence } from './silence.ts';

/** Throws a ClientError where the connection breaks, or brings nothing for `silenceMs`. */
export async function* chunksOf(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  silenceMs: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  try {
    for (;;) {
      const next = await orSilence(reader.read(), silenceMs);
      if (next.done) return;
      yield next.value;
    }
  } catch (error) {
    if (error instanceof ClientError) throw error;
    signal?.throwIfAborted();
    throw unreachable(`the connection broke: ${messageOf(error)}`);
  } finally {
    // Whoever stops reading closes the connection.
    void reader.cancel().catch(() => {});
  }
}
