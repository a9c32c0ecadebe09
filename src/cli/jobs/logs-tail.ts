/** Finds the offset at which the last lines of a job's output begin, for `logs --tail`. */
import type { Client } from '../../client/client.ts';
import type { OutputStream } from '../../client/follow.ts';

const FIRST_READ_BYTES = 64 * 1024;
const LF = 0x0a;

/** Reads backwards from the end in growing steps, so that a short tail of a long output costs little. */
export async function startOfTail(
  client: Client,
  jobId: string,
  stream: OutputStream,
  total: number,
  lines: number,
): Promise<number> {
  if (lines === 0) return total;
  let to = total;
  let missing = lines;
  for (let size = FIRST_READ_BYTES; to > 0; size *= 2) {
    const from = Math.max(0, to - size);
    const bytes = await collect(client.output(jobId, stream, { from, to }));
    for (let at = bytes.length - 1; at >= 0; at -= 1) {
      // A newline at the very end ends the last line and begins no other.
      if (bytes[at] !== LF || from + at === total - 1) continue;
      missing -= 1;
      if (missing === 0) return from + at + 1;
    }
    to = from;
  }
  return 0;
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const list: Uint8Array[] = [];
  for await (const chunk of chunks) list.push(chunk);
  return Buffer.concat(list);
}
