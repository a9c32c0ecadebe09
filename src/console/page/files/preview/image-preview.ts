/**
 * An image, out of bytes that were fetched with the key. The address of the page's own copy is only ever the source of an `img`,
 * which runs nothing, also of an SVG.
 */
import type { Client } from '../../../../client/client.ts';
import { h } from '../../element.ts';
import { nameOf, type FilePlace } from '../place.ts';

export async function imagePreview(
  client: Client,
  place: FilePlace,
  type: string,
  signal: AbortSignal,
): Promise<HTMLElement> {
  const { path, pathBytes } = place;
  const answer = await client.files.read(path, { pathBytes, signal });
  const url = URL.createObjectURL(new Blob([await answer.arrayBuffer()], { type }));
  signal.addEventListener('abort', () => URL.revokeObjectURL(url), { once: true });
  const size = h('figcaption', { class: 'help' });
  const image = h('img', { src: url, alt: nameOf(place) });
  image.addEventListener('load', () => (size.textContent = `${image.naturalWidth} × ${image.naturalHeight}`));
  image.addEventListener('error', () => (size.textContent = 'The browser cannot show this image.'));
  return h('figure', { class: 'image-preview' }, image, size);
}
