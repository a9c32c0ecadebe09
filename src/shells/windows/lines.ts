/** A stream as lines. */

/** Of a line without an end so many characters are kept: more than any line of ours has. */
const MAX_LENGTH = 4096;

export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let pending = '';
  for await (const chunk of stream) {
    const lines = (pending + Buffer.from(chunk).toString('latin1')).split('\n');
    pending = (lines.pop() ?? '').slice(-MAX_LENGTH);
    yield* lines;
  }
}
