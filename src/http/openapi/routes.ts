/** The API's own description: the document for programs, and the same as a page with its files. */
import type { AnyElysia } from 'elysia';
import Type from 'typebox';
import { apiPageFiles } from '../../api-page/page-files.ts';
import { empty, raw, refusal } from '../wire/answers.ts';
import { json } from '../wire/json.ts';
import { FOR_EVER, sendPageFile } from '../wire/page-file.ts';
import { resource } from '../wire/routes.ts';
import { parameters } from '../wire/schema.ts';
import type { OpenApiDocument } from './document.ts';
import { embedded, openApiPage } from './page.ts';

/** For everybody, since the page's origin is opaque: these files hold no secrets. */
const FILE_HEADERS = {
  'cache-control': FOR_EVER,
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'cross-origin',
} as const;

/** Made once, at the first request: `document` describes the routes of a server, which do not change while it runs. */
export function openApiRoutes(document: () => OpenApiDocument): AnyElysia {
  let made: OpenApiDocument | undefined;
  let text: string | undefined;
  const once = () => (made ??= document());
  return resource('openapi')
    .get('/openapi.json', () => json(once()), {
      access: 'open',
      response: { 200: raw('OpenAPI 3.1.', 'application/json') },
      detail: { operationId: 'getOpenApi', summary: 'This document.', tags: ['Server'] },
    })
    .get('/openapi', () => openApiPage((text ??= embedded(once()))), {
      access: 'open',
      response: { 200: raw('A page.', 'text/html') },
      detail: { operationId: 'getOpenApiPage', summary: 'This document as a page.', tags: ['Server'] },
    })
    .get(
      '/openapi/:file',
      async ({ params: { file }, request }) => sendPageFile(request, await apiPageFiles.file(file), FILE_HEADERS),
      {
        access: 'open',
        params: parameters(Type.Object({ file: Type.String({ description: 'As the page names it.' }) })),
        response: {
          200: raw('The file.', 'text/javascript'),
          304: empty('The file is as `If-None-Match` says.'),
          404: refusal('There is no such file.'),
        },
        detail: {
          operationId: 'getOpenApiFile',
          summary: 'Scripts of that page, named after their content.',
          tags: ['Server'],
        },
      },
    );
}
