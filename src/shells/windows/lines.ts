/** A stream as lines, of which what is longer than any of ours is not kept. */
const MAX_LENGTH = 4096;

export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let pending = '';
  for await (const chunk of stream) {
    const lines = (pending + Buffer.from(chunk).toString('latin1')).split('\n');
    pending = (lines.pop() ?? '').slice(-MAX_LENGTH);
    yield* lines;
  }
}
