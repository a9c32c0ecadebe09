/** Turns output that is there already into the events of the event stream, for `logs --json` without --follow. */
import { decodeUtf8, wholeCharacters } from '../../core/utf8.ts';
import type { OutputEvent } from '../../protocol/feed.ts';

/** One event for each chunk of a stream that begins at `from`; no character is split between two. */
export async function* textEvents(chunks: AsyncIterable<Uint8Array>, from: number): AsyncGenerator<OutputEvent> {
  let offset = from;
  let rest: Uint8Array = new Uint8Array();
  const event = (bytes: Uint8Array): OutputEvent => {
    const made = { offset, bytes: bytes.length, text: decodeUtf8(bytes) };
    offset += bytes.length;
    return made;
  };
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const whole = wholeCharacters(bytes);
    rest = bytes.subarray(whole.length);
    if (whole.length > 0) yield event(whole);
  }
  if (rest.length > 0) yield event(rest);
}
