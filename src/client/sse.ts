/** Server-Sent Events out of a stream of bytes (WHATWG HTML, 9.2.6). */
import { createParser } from 'eventsource-parser';

/** Our own name for what the parser hands over: the package of the client has its declarations without the parser's. */
export interface SseMessage {
  readonly id?: string | undefined;
  readonly event?: string | undefined;
  readonly data: string;
}

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
