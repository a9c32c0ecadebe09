/** A file of a page that people see: compressed where that is taken, and not sent again where it is known. */
import type { Result } from '../../core/failure.ts';
import type { PageFailure } from '../../pages/bundle-apart.ts';
import type { ReadyFile } from '../../pages/page-files.ts';
import { refusalResponse } from './failures.ts';

/** A page names its files by their content, so only the page itself is ever asked for again. */
export const ASK_AGAIN = 'no-cache';
export const FOR_EVER = 'public, max-age=31536000, immutable';

export function sendPageFile(
  request: Request,
  found: Result<ReadyFile | undefined, PageFailure>,
  stated: Readonly<Record<string, string>>,
): Response {
  if (!found.ok) return refusalResponse(found.failure);
  const file = found.value;
  if (file === undefined) return refusalResponse({ reason: 'not-found' });
  const headers = { ...stated, vary: 'accept-encoding', etag: file.etag };
  if (request.headers.get('if-none-match') === file.etag) return new Response(null, { status: 304, headers });
  const typed = { ...headers, 'content-type': file.type };
  const { gzip, plain } = bodiesOf(file);
  return takesGzip(request)
    ? new Response(gzip, { headers: { ...typed, 'content-encoding': 'gzip' } })
    : new Response(plain, { headers: typed });
}

const takesGzip = (request: Request): boolean => /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '');

interface Bodies {
  readonly gzip: Blob;
  readonly plain: Blob;
}

/**
 * Made once for all answers, which needs no key. Of bytes every answer holds a copy until its peer has read it, five
 * mebibytes for the largest file; blobs are shared.
 */
const bodies = new WeakMap<ReadyFile, Bodies>();

export function bodiesOf(file: ReadyFile): Bodies {
  const made = bodies.get(file) ?? { gzip: new Blob([file.gzip]), plain: new Blob([Bun.gunzipSync(file.gzip)]) };
  bodies.set(file, made);
  return made;
}
