/** Reads a file as text, as far as a page shows it. */
import type { Client } from '../../../../client/client.ts';
import { refused } from '../../../../client/failure.ts';
import type { FileEntry } from '../../../../protocol/files.ts';
import type { FilePlace } from '../place.ts';

/** What a page shows of a text, and the largest that it edits. */
export const MAX_TEXT_BYTES = 1024 * 1024;

/** A text as a field of the page has it, with LF, and what the file has beyond it. */
export interface EditableText {
  readonly text: string;
  readonly version: string;
  readonly eol: 'lf' | 'crlf';
  readonly bom: boolean;
}

export type ReadText =
  | { readonly kind: 'binary' }
  | {
      readonly kind: 'text';
      readonly text: string;
      /** It is longer than what is shown. */
      readonly isCut: boolean;
      /** Or why it is not edited here. */
      readonly editable: EditableText | string;
    };

export async function readText(
  client: Client,
  place: FilePlace,
  size: number,
  signal?: AbortSignal,
): Promise<ReadText> {
  if (place.pathBytes !== undefined || size > MAX_TEXT_BYTES) return readStart(client, place, size, signal);
  const [item] = await client.files.readMany([{ path: place.path }], { signal });
  if (item === undefined || !('text' in item || 'base64' in item || !item.ok)) return { kind: 'binary' };
  if (!item.ok) {
    if (item.status === NOT_TEXT) return { kind: 'binary' };
    throw refused(item.status, { error: item.error });
  }
  const { text = '', version, eol = 'lf', bom = false, mixedEol = false, charset = 'utf-8' } = item;
  if (text.includes('\0')) return { kind: 'binary' };
  const plain = text.replaceAll('\r\n', '\n');
  const reason =
    charset !== 'utf-8'
      ? 'It is not edited here: its encoding is UTF-16.'
      : mixedEol || plain.includes('\r')
        ? 'It is not edited here: it has line ends of several kinds.'
        : undefined;
  return { kind: 'text', text: plain, isCut: false, editable: reason ?? { text: plain, version, eol, bom } };
}

async function readStart(
  client: Client,
  { path, pathBytes }: FilePlace,
  size: number,
  signal: AbortSignal | undefined,
): Promise<ReadText> {
  const isCut = size > MAX_TEXT_BYTES;
  const answer = await client.files.read(path, { pathBytes, signal, ...(isCut && { to: MAX_TEXT_BYTES }) });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  try {
    // `stream`: a character that is cut at the end is none that is wrong.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: isCut });
    if (text.includes('\0')) return { kind: 'binary' };
    const why = isCut
      ? 'It is not edited here: it is larger than 1 MiB.'
      : 'It is not edited here: its name is no UTF-8.';
    return { kind: 'text', text, isCut, editable: why };
  } catch {
    return { kind: 'binary' };
  }
}

const NOT_TEXT = 415;

/** The bytes of the file with this text in place of its own. */
export function bytesOf(text: string, { eol, bom }: Pick<EditableText, 'eol' | 'bom'>): Uint8Array {
  const own = eol === 'crlf' ? text.replaceAll('\n', '\r\n') : text;
  return new TextEncoder().encode(`${bom ? '\u{feff}' : ''}${own}`);
}

/** Which entries are shown as images, by their names: the type of the image. */
export function imageType({ name, type, size }: FileEntry): string | undefined {
  if (type !== 'file' || size > MAX_IMAGE_BYTES) return undefined;
  return IMAGE_TYPES[name.slice(name.lastIndexOf('.') + 1).toLowerCase()];
}

const MAX_IMAGE_BYTES = 32 * 1024 * 1024;
const IMAGE_TYPES: Readonly<Record<string, string>> = {
  avif: 'image/avif',
  bmp: 'image/bmp',
  gif: 'image/gif',
  ico: 'image/x-icon',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  png: 'image/png',
  // In an `img` alone: there it runs no scripts and loads nothing.
  svg: 'image/svg+xml',
  webp: 'image/webp',
};
