/** Our standard input as the job's, byte for byte. */
import type { Client } from '../../client/client.ts';

/** Well below what a request may hold, a third more in base64 included. */
const PIECE_BYTES = 64 * 1024;

/** Resolves when all of it has arrived, or the job takes no more. */
export async function pipeInput(client: Client, jobId: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      const dataBase64 = chunk.subarray(at, at + PIECE_BYTES).toBase64();
      const { accepted } = await client.input(jobId, { dataBase64 });
      // A command need not read all of its input: `… | head -1`.
      if (!accepted) return;
    }
  }
  await client.input(jobId, { eof: true });
}
