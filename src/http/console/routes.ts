/**
 * The console page at `/` and its files below `/console/`. No key is needed to get them: they hold no secrets, and ask
 * for the key themselves. They are bytes with headers of their own, so the handlers make their responses themselves.
 */
import Type from 'typebox';
import { pageFile, type ReadyFile } from '../../console/page-files.ts';
import { empty, raw, refusal } from '../wire/answers.ts';
import { refusalResponse } from '../wire/failures.ts';
import { resource } from '../wire/routes.ts';
import { parameters } from '../wire/schema.ts';

/**
 * Scripts and styles of our own and nothing else; requests and sockets to this server only; in no frame; and text that
 * a script would make markup of is refused by the browser (trusted types).
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  vary: 'accept-encoding',
} as const;

/** The page names its files by their content, so only the page itself is ever asked for again. */
const ASK_AGAIN = 'no-cache';
const FOR_EVER = 'public, max-age=31536000, immutable';

const UNCHANGED = empty('The file is as `If-None-Match` says.');

export const consoleRoutes = resource('console')
  .get('/', async ({ request }) => send(request, await pageFile(''), ASK_AGAIN), {
    access: 'open',
    response: { 200: raw('A page.', 'text/html'), 304: UNCHANGED },
    detail: {
      operationId: 'getConsole',
      summary: 'The console: a page for people, with jobs, sessions and terminals.',
      tags: ['Server'],
    },
  })
  .get('/console/:file', async ({ params: { file }, request }) => send(request, await pageFile(file), FOR_EVER), {
    access: 'open',
    params: parameters(Type.Object({ file: Type.String({ description: 'As the page names it.' }) })),
    response: { 200: raw('The file.', 'text/javascript'), 304: UNCHANGED, 404: refusal('There is no such file.') },
    detail: {
      operationId: 'getConsoleFile',
      summary: 'Scripts and styles of the console, named after their content.',
      tags: ['Server'],
    },
  });

function send(request: Request, file: ReadyFile | undefined, caching: string): Response {
  if (file === undefined) return refusalResponse({ reason: 'not-found' });
  const headers = { ...HEADERS, etag: file.etag, 'cache-control': caching };
  if (request.headers.get('if-none-match') === file.etag) return new Response(null, { status: 304, headers });
  const typed = { ...headers, 'content-type': file.type };
  return takesGzip(request)
    ? new Response(file.gzip, { headers: { ...typed, 'content-encoding': 'gzip' } })
    : new Response(unpacked(file), { headers: typed });
}

const takesGzip = (request: Request): boolean => /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '');

/** Unpacked once for all who take no gzip: that costs time, and needs no key. */
const plain = new WeakMap<ReadyFile, Uint8Array<ArrayBuffer>>();

function unpacked(file: ReadyFile): Uint8Array<ArrayBuffer> {
  const bytes = plain.get(file) ?? Bun.gunzipSync(file.gzip);
  plain.set(file, bytes);
  return bytes;
}
