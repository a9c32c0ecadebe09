/** A file of a page that people see: compressed where that is taken, and not sent again where it is known. */
import type { ReadyFile } from '../../pages/page-files.ts';
import { refusalResponse } from './failures.ts';

/** A page names its files by their content, so only the page itself is ever asked for again. */
export const ASK_AGAIN = 'no-cache';
export const FOR_EVER = 'public, max-age=31536000, immutable';

export function sendPageFile(
  request: Request,
  file: ReadyFile | undefined,
  stated: Readonly<Record<string, string>>,
): Response {
  if (file === undefined) return refusalResponse({ reason: 'not-found' });
  const headers = { ...stated, vary: 'accept-encoding', etag: file.etag };
  if (request.headers.get('if-none-match') === file.etag) return new Response(null, { status: 304, headers });
  const typed = { ...headers, 'content-type': file.type };
  return takesGzip(request)
    ? new Response(file.gzip, { headers: { ...typed, 'content-encoding': 'gzip' } })
    : new Response(unpacked(file), { headers: typed });
}

const takesGzip = (request: Request): boolean => /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '');

/** Unpacked once for all who take no gzip: that costs time, and needs no key. */
const plain = new WeakMap<ReadyFile, Uint8Array<ArrayBuffer>>();

export function unpacked(file: ReadyFile): Uint8Array<ArrayBuffer> {
  const bytes = plain.get(file) ?? Bun.gunzipSync(file.gzip);
  plain.set(file, bytes);
  return bytes;
}
