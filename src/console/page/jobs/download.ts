/** Saves what only the key opens: a link could not send it. */
import type { Api } from '../api.ts';
import { h } from '../element.ts';

export async function download(api: Api, path: string, name: string): Promise<void> {
  const response = await api.open(path);
  const url = URL.createObjectURL(await response.blob());
  h('a', { href: url, download: name }).click();
  // The browser has taken it over by then, and an address that is not taken back holds all of it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
