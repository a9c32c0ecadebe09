/** Saves bytes that the page has fetched as a file: a link could not send the key. */
import { h } from './element.ts';

export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  h('a', { href: url, download: name }).click();
  // The browser has taken it over by then, and an address that is not revoked keeps all of it in memory.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
