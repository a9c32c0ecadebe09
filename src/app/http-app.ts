/** All routes of a server as one Elysia application. It never listens: the gateway calls it. */
import { Elysia, type AnyElysia } from 'elysia';
import { messageOf } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import { openApiDocument } from '../http/openapi/document.ts';
import { openApiRoutes } from '../http/openapi/routes.ts';
import { wireFormat } from '../http/wire/routes.ts';

export function createHttpApp(routes: readonly AnyElysia[], log: Log): AnyElysia {
  const app: AnyElysia = new Elysia({ name: 'agent-server' }).use(
    wireFormat((request, error) =>
      log.error('a request failed', { method: request.method, url: request.url, detail: messageOf(error) }),
    ),
  );
  for (const plugin of routes) app.use(plugin);
  return app.use(openApiRoutes(() => openApiDocument(app)));
}
