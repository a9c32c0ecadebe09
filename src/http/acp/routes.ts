/**
 * The routes of the doors: Streamable HTTP and the metadata of acpremote's wire. Sockets go from the gateway to the hub
 * (socket-kinds.ts); what is stated of them here is for the API page, and for a plain request at their paths.
 */
import type { AnyElysia } from 'elysia';
import { pathOf } from '../gateway.ts';
import { refusalResponse } from '../wire/failures.ts';
import { resource } from '../wire/routes.ts';
import type { Address } from './asked.ts';
import { connectionIn, type Doors } from './connect.ts';
import { contractsOf } from './contract.ts';
import { get } from './get.ts';
import { post } from './post.ts';

export function acpRoutes(doors: Doors): AnyElysia {
  const app = resource('acp');
  for (const door of ['default', 'named'] as const) {
    const { path, get: stream, post: message, delete: end, socket } = contractsOf(door);
    app
      .get(path, ({ request }) => get(doors, request, addressOf(request)), stream)
      .post(path, ({ request }) => post(doors, request, addressOf(request)), message)
      .delete(path, ({ request }) => close(doors, request), end)
      .get(`${path}/ws`, () => refusalResponse({ reason: 'upgrade-required' }), socket);
  }
  return app;
}

function close(doors: Doors, request: Request): Response {
  const connection = connectionIn(doors, request, addressOf(request));
  if (connection instanceof Response) return connection;
  connection.close();
  return new Response(null, { status: 202 });
}

function addressOf({ url, headers }: Request): Address {
  const start = url.indexOf('?');
  return { headers, path: pathOf(url), query: new URLSearchParams(start < 0 ? '' : url.slice(start)) };
}
