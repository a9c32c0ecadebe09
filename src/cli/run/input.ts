/** Passes our standard input to a job, byte for byte. */
import { createReadStream, fstatSync } from 'node:fs';
import type { Client } from '../../client/client.ts';

const STDIN = 0;
/** Well below the limit of a request body, even though base64 makes it a third larger. */
const CHUNK_BYTES = 64 * 1024;

/** Bun's own stream reads a file from its beginning, also where another program, such as the shell, has read a part of it. */
export const ownInput = (): AsyncIterable<Uint8Array> =>
  fstatSync(STDIN).isFile() ? createReadStream('', { fd: STDIN, autoClose: false }) : Bun.stdin.stream();

export const NO_INPUT: AsyncIterable<Uint8Array> = (async function* () {})();

/** Resolves when the job has received all of it, or accepts no more. */
export async function pipeInput(client: Client, jobId: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += CHUNK_BYTES) {
      const dataBase64 = chunk.subarray(at, at + CHUNK_BYTES).toBase64();
      const { accepted } = await client.input(jobId, { dataBase64 });
      // A command need not read all of its input, as in `… | head -1`.
      if (!accepted) return;
    }
  }
  await client.input(jobId, { eof: true });
}
