/** Turns output that is there already into the events of the event stream, for `logs --json` without --follow. */
import type { OutputEvent } from '../../protocol/feed.ts';

/** One event for each chunk of a stream that begins at `from`; no character is split between two. */
export async function* textEvents(chunks: AsyncIterable<Uint8Array>, from: number): AsyncGenerator<OutputEvent> {
  let offset = from;
  let rest: Uint8Array = new Uint8Array();
  const event = (bytes: Uint8Array): OutputEvent => {
    const made = { offset, bytes: bytes.length, text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes) };
    offset += bytes.length;
    return made;
  };
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = endOfCharacters(bytes);
    rest = bytes.subarray(end);
    if (end > 0) yield event(bytes.subarray(0, end));
  }
  if (rest.length > 0) yield event(rest);
}

/** Where the last whole character ends. */
function endOfCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return needs > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
