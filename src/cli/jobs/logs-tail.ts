/** Where the last lines of a job's output begin. */
import type { Client } from '../../client/client.ts';
import type { OutputStream } from '../../client/follow.ts';

const FIRST_LOOK_BYTES = 64 * 1024;
const LF = 0x0a;

/** Looks from the end, in steps that grow: a short tail of a long output costs little. */
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
  for (let look = FIRST_LOOK_BYTES; to > 0; look *= 2) {
    const from = Math.max(0, to - look);
    const bytes = await collect(client.output(jobId, stream, { from, to }));
    for (let at = bytes.length - 1; at >= 0; at -= 1) {
      // The newline at the very end closes the last line and begins none.
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
