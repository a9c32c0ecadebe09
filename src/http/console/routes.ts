/**
 * The console page at `/` and its files below `/console/`. No key is needed to get them: they hold no secrets, and ask
 * for the key themselves. They are bytes with headers of their own, so the handlers make their responses themselves.
 */
import Type from 'typebox';
import { consoleFiles } from '../../console/page-files.ts';
import { empty, raw, refusal } from '../wire/answers.ts';
import { ASK_AGAIN, FOR_EVER, sendPageFile } from '../wire/page-file.ts';
import { resource } from '../wire/routes.ts';
import { parameters } from '../wire/schema.ts';

/**
 * Scripts and styles of our own and nothing else, images also out of files that the page has read with its key (a blob that
 * is an image runs no scripts); requests and sockets to this server only; in no frame; and text that
 * a script would make markup of is refused by the browser (trusted types).
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
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
} as const;

const UNCHANGED = empty('The file is as `If-None-Match` says.');

export const consoleRoutes = resource('console')
  .get('/', ({ request }) => send(request, '', ASK_AGAIN), {
    access: 'open',
    response: { 200: raw('A page.', 'text/html'), 304: UNCHANGED },
    detail: {
      operationId: 'getConsole',
      summary: 'The console: a page for people, with jobs, sessions and terminals.',
      tags: ['Server'],
    },
  })
  .get('/console/:file', ({ params: { file }, request }) => send(request, file, FOR_EVER), {
    access: 'open',
    params: parameters(Type.Object({ file: Type.String({ description: 'As the page names it.' }) })),
    response: { 200: raw('The file.', 'text/javascript'), 304: UNCHANGED, 404: refusal('There is no such file.') },
    detail: {
      operationId: 'getConsoleFile',
      summary: 'Scripts and styles of the console, named after their content.',
      tags: ['Server'],
    },
  });

async function send(request: Request, name: string, caching: string): Promise<Response> {
  return sendPageFile(request, await consoleFiles.file(name), { ...HEADERS, 'cache-control': caching });
}
