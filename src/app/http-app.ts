/** All routes of a server as one Elysia application. It never listens: the gateway calls it. */
import type { AnyElysia } from 'elysia';
import { messageOf } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import { pathOf } from '../http/gateway.ts';
import { openApiDocument } from '../http/openapi/document.ts';
import { openApiRoutes } from '../http/openapi/routes.ts';
import { application } from '../http/wire/routes.ts';

export function createHttpApp(routes: readonly AnyElysia[], log: Log): AnyElysia {
  const app: AnyElysia = application((request, error) =>
    log.error('a request failed', { method: request.method, path: pathOf(request.url), detail: messageOf(error) }),
  );
  for (const plugin of routes) app.use(plugin);
  return app.use(openApiRoutes(() => openApiDocument(app)));
}
