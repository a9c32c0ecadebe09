/** Saves a stream of a job's output as a file. */
import { saveBlob } from '../save-blob.ts';

export async function download(chunks: AsyncIterable<Uint8Array<ArrayBuffer>>, name: string): Promise<void> {
  saveBlob(new Blob(await Array.fromAsync(chunks)), name);
}
