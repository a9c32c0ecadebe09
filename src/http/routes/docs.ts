import type { Elysia } from 'elysia';
import { describe } from '../describe.ts';
import { json } from '../failures.ts';
import { openApiDocument } from '../openapi.ts';
import { OPENAPI_PAGE_HEADERS, openApiPage } from '../openapi-page.ts';

export function docsRoutes(app: Elysia): void {
  app.get(
    '/openapi.json',
    () => json(openApiDocument(app)),
    describe({
      operationId: 'getOpenApi',
      summary: 'This document.',
      tags: ['Server'],
      open: true,
      answers: { 200: { description: 'OpenAPI 3.1.', media: 'application/json' } },
    }),
  );
  app.get(
    '/openapi',
    () => new Response(openApiPage(openApiDocument(app)), { headers: OPENAPI_PAGE_HEADERS }),
    describe({
      operationId: 'getOpenApiPage',
      summary: 'This document as a page.',
      tags: ['Server'],
      open: true,
      answers: { 200: { description: 'A page.', media: 'text/html' } },
    }),
  );
}
