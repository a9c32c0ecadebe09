/** Our standard input as the job's. */
import type { Client } from '../client/client.ts';

export type InputEnd = 'delivered' | 'job-gone' | 'not-text';

/** Well below what a request may hold, however much JSON has to escape. */
const PIECE_BYTES = 64 * 1024;

export async function pipeInput(client: Client, jobId: string, chunks: AsyncIterable<Uint8Array>): Promise<InputEnd> {
  // The API takes text: anything else would arrive as something else, so it does not leave.
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const decode = (bytes?: Uint8Array): string | undefined => {
    try {
      const text = bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
      return text.includes('\0') ? undefined : text;
    } catch {
      return undefined;
    }
  };
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      const data = decode(chunk.subarray(at, at + PIECE_BYTES));
      if (data === undefined) return 'not-text';
      if (data === '') continue;
      const { accepted } = await client.input(jobId, { data });
      // A command need not read all of its input: `… | head -1`.
      if (!accepted) return 'job-gone';
    }
  }
  if (decode() === undefined) return 'not-text';
  const { accepted } = await client.input(jobId, { eof: true });
  return accepted ? 'delivered' : 'job-gone';
}
