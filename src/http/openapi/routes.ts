/** The API's own description: the document for programs, and the same as a page. */
import type { AnyElysia } from 'elysia';
import { raw } from '../wire/answers.ts';
import { json } from '../wire/json.ts';
import { resource } from '../wire/routes.ts';
import type { OpenApiDocument } from './document.ts';
import { OPENAPI_PAGE_HEADERS, openApiPage } from './page.ts';

/** Made once, at the first request: `document` describes the routes of a server, which do not change while it runs. */
export function openApiRoutes(document: () => OpenApiDocument): AnyElysia {
  let made: OpenApiDocument | undefined;
  let page: string | undefined;
  const once = () => (made ??= document());
  return resource('openapi')
    .get('/openapi.json', () => json(once()), {
      access: 'open',
      response: { 200: raw('OpenAPI 3.1.', 'application/json') },
      detail: { operationId: 'getOpenApi', summary: 'This document.', tags: ['Server'] },
    })
    .get('/openapi', () => new Response((page ??= openApiPage(once())), { headers: OPENAPI_PAGE_HEADERS }), {
      access: 'open',
      response: { 200: raw('A page.', 'text/html') },
      detail: { operationId: 'getOpenApiPage', summary: 'This document as a page.', tags: ['Server'] },
    });
}
