/** The OpenAPI 3.1 document of this server, made from what its routes say of themselves. */
import type { AnyElysia } from 'elysia';
import { VERSION } from '../version.ts';
import { NAMED_SCHEMAS } from './describe.ts';

export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: Readonly<Record<string, unknown>>;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
}

export interface OpenApiOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly description: string }[];
  readonly requestBody?: unknown;
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
  readonly security?: readonly unknown[];
}

export function openApiDocument(app: AnyElysia): OpenApiDocument {
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  for (const route of app.routes) {
    const detail = (route.hooks as { detail?: OpenApiOperation } | undefined)?.detail;
    if (detail === undefined) continue;
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: detail };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'agent-server',
      version: VERSION,
      description:
        'Runs commands as jobs and lets them be polled, followed and ended. Every route but `/health` and this document needs the header `X-API-Key`. Every answer that is not a success is `{"error": "…"}`.',
    },
    paths,
    components: {
      securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-API-Key' } },
      schemas: NAMED_SCHEMAS,
    },
    security: [{ key: [] }],
  };
}
