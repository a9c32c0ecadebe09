/** Saves a stream of a job's output as a file: a link could not send the key. */
import { h } from '../element.ts';

export async function download(chunks: AsyncIterable<Uint8Array<ArrayBuffer>>, name: string): Promise<void> {
  const url = URL.createObjectURL(new Blob(await Array.fromAsync(chunks)));
  h('a', { href: url, download: name }).click();
  // The browser has taken it over by then, and an address that is not revoked keeps all of it in memory.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
