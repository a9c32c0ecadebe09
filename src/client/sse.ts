/** Server-Sent Events out of a stream of bytes (WHATWG HTML, 9.2.6). */
import { createParser, type EventSourceMessage as SseMessage } from 'eventsource-parser';

export type { SseMessage };

/** A message that the end of the stream cuts short is dropped, as the standard asks. */
export async function* parseSse(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<SseMessage> {
  const decoder = new TextDecoder();
  const messages: SseMessage[] = [];
  const parser = createParser({ onEvent: (message) => messages.push(message) });
  for await (const chunk of chunks) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    yield* messages.splice(0);
  }
}
