/**
 * The console page at `/` and its files below `/console/`. No key is needed to get them: they hold no secrets, and ask
 * for the key themselves.
 */
import type { Elysia } from 'elysia';
import { pageFile, type ReadyFile } from '../../console/page-files.ts';
import Type from 'typebox';
import { describe, refusal } from '../describe.ts';
import { refuse } from '../failures.ts';

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

export function consoleRoutes(app: Elysia): void {
  app.get(
    '/',
    async ({ request }) => send(request, await pageFile(''), ASK_AGAIN),
    describe({
      operationId: 'getConsole',
      summary: 'The console: a page for people, with jobs, sessions and terminals.',
      tags: ['Server'],
      open: true,
      answers: {
        200: { description: 'A page.', media: 'text/html' },
        304: { description: 'The page is as `If-None-Match` says.' },
      },
    }),
  );
  app.get(
    '/console/:file',
    async ({ params, request }) =>
      send(request, params.file === '' ? undefined : await pageFile(params.file), FOR_EVER),
    describe({
      operationId: 'getConsoleFile',
      summary: 'Scripts and styles of the console, named after their content.',
      tags: ['Server'],
      open: true,
      parameters: [{ name: 'file', in: 'path', description: 'As the page names it.', schema: Type.String() }],
      answers: {
        200: { description: 'The file.', media: 'text/javascript' },
        304: { description: 'The file is as `If-None-Match` says.' },
        404: refusal('There is no such file.'),
      },
    }),
  );
}

function send(request: Request, file: ReadyFile | undefined, caching: string): Response {
  if (file === undefined) return refuse({ reason: 'not-found' });
  const headers = { ...HEADERS, etag: file.etag, 'cache-control': caching };
  if (request.headers.get('if-none-match') === file.etag) return new Response(null, { status: 304, headers });
  const typed = { ...headers, 'content-type': file.type };
  return takesGzip(request)
    ? new Response(file.gzip, { headers: { ...typed, 'content-encoding': 'gzip' } })
    : new Response(Bun.gunzipSync(file.gzip), { headers: typed });
}

const takesGzip = (request: Request): boolean => /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '');
