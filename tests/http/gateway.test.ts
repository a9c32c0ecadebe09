/** One way in: which route a request means, who may use it, and that nothing goes around the guard. */
import { describe, expect, test } from 'bun:test';
import { Elysia } from 'elysia';
import fc from 'fast-check';
import Type from 'typebox';
import { silentLog } from '../../src/core/log.ts';
import { callerOf, type Caller, type Scope } from '../../src/http/caller.ts';
import { Gateway, pathOf, readableByElysia, type Exchange } from '../../src/http/gateway.ts';
import { Guard } from '../../src/http/guard.ts';
import { RouteTable } from '../../src/http/route-table.ts';
import { SocketHub, type SocketData } from '../../src/http/sockets/hub.ts';
import { Tickets } from '../../src/http/tickets/tickets.ts';
import { answer } from '../../src/http/wire/answers.ts';
import { jsonBody } from '../../src/http/wire/json-body.ts';
import { application, resource } from '../../src/http/wire/routes.ts';
import { FakeClock, settle, waitFor } from '../support/sandbox.ts';

const ECHO = answer('What was asked.', Type.Unknown());
const CALLERS: Readonly<Record<string, Caller>> = {
  reader: { keyId: 'reader', scopes: new Set<Scope>(['observe']) },
  all: { keyId: 'all', scopes: new Set<Scope>(['admin']) },
};

const said: unknown[] = [];
/** Requests that are in their handler, and what lets them out. */
const large = {
  leaving: [] as (() => void)[],
  answer: () => new Promise<object>((resolve) => large.leaving.push(() => resolve({}))),
};
const app = application((_request, error) => said.push(error)).use(
  resource('things')
    .get('/open', ({ request }) => ({ caller: callerOf(request)?.keyId ?? null }), {
      access: 'open',
      response: { 200: ECHO },
    })
    .get('/things/:id', ({ params }) => ({ is: 'thing', ...params }), { access: 'observe', response: { 200: ECHO } })
    .post('/things', ({ body }) => body, {
      access: 'run',
      ...jsonBody(Type.Object({ name: Type.String() })),
      response: { 200: ECHO },
    })
    .post('/large', () => large.answer(), { access: 'run', large: true, parse: 'none', response: { 200: ECHO } })
    .get('/files/*', ({ params }) => ({ is: 'file', rest: params['*'] }), {
      access: 'observe',
      response: { 200: ECHO },
    })
    .get('/slow', () => ({ is: 'slow' }), { access: 'observe', slow: true, response: { 200: ECHO } })
    .get(
      '/left',
      async ({ request }) => {
        await new Promise((resolve) => request.signal.addEventListener('abort', resolve));
        request.signal.throwIfAborted();
        return {};
      },
      { access: 'observe', response: { 200: ECHO } },
    )
    .get(
      '/bug',
      () => {
        throw new Error('a secret of ours');
      },
      { access: 'observe', response: { 200: ECHO } },
    ),
);
const clock = new FakeClock();
const seen: Exchange[] = [];
const gateway = new Gateway({
  app,
  guard: new Guard({ keys: { callerWith: (key) => CALLERS[key] }, hosts: [] }),
  hub: new SocketHub({ kinds: [], clock, log: silentLog }),
  tickets: new Tickets(clock),
  observers: [(exchange) => seen.push(exchange)],
});

async function ask(
  method: string,
  path: string,
  key?: string,
  body?: BodyInit,
): Promise<{ status: number; body: unknown; headers: Headers }> {
  const headers = {
    host: 'localhost',
    'content-type': 'application/json',
    ...(key !== undefined && { 'x-api-key': key }),
  };
  const request = new Request(`http://localhost${path}`, { method, headers, ...(body !== undefined && { body }) });
  const got = await gateway.fetch(request);
  if (got === undefined) throw new Error('there are no sockets here');
  return { status: got.status, body: await got.json(), headers: got.headers };
}

test('who is not allowed is refused before a byte of the body is read', async () => {
  let read = false;
  const body = new ReadableStream(
    {
      pull(controller) {
        read = true;
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  expect(await ask('POST', '/things', 'reader', body)).toMatchObject({
    status: 403,
    body: { error: 'this API key does not have the scope run' },
  });
  expect(read).toBe(false);
  expect(await ask('POST', '/things', 'all', '{"name":"x"}')).toMatchObject({ status: 200, body: { name: 'x' } });
  expect((await ask('POST', '/things', undefined, '{"name":"x"}')).status).toBe(401);
});

test('of a route with large contents four go on at once, and the next one when one of them is answered', async () => {
  const answers = Array.from({ length: 5 }, () => ask('POST', '/large', 'all'));
  await settle();
  expect(large.leaving.length).toBe(4);
  large.leaving[0]?.();
  await waitFor('the fifth', () => large.leaving.length === 5);
  for (const leave of large.leaving) leave();
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
});

test('that a client leaves is no bug, wherever a handler notices it', async () => {
  const leaving = new AbortController();
  const headers = { host: 'localhost', 'x-api-key': 'reader' };
  const left = gateway.fetch(new Request('http://localhost/left', { headers, signal: leaving.signal }));
  said.length = 0;
  leaving.abort();
  expect((await left)?.status).toBe(400);
  expect(said).toEqual([]);
});

test('a handler knows its caller', async () => {
  expect((await ask('GET', '/open')).body).toEqual({ caller: null });
  expect((await ask('GET', '/open', 'wrong')).body).toEqual({ caller: null });
  expect((await ask('GET', '/open', 'reader')).body).toEqual({ caller: 'reader' });
});

test('an unknown path needs a key to be told so; a method that a path lacks is told with those it has', async () => {
  expect((await ask('GET', '/nowhere')).status).toBe(401);
  expect((await ask('GET', '/nowhere', 'reader')).status).toBe(404);
  const refused = await ask('DELETE', '/things', 'reader');
  expect({ status: refused.status, allow: refused.headers.get('allow') }).toEqual({ status: 405, allow: 'POST' });
  expect((await ask('POST', '/open', undefined, '{}')).status).toBe(405);
});

test('a bug is told to the log, and to the caller only that there was one', async () => {
  expect(await ask('GET', '/bug', 'reader')).toMatchObject({ status: 500, body: { error: 'internal error' } });
  expect(said.map(String)).toEqual(['Error: a secret of ours']);
});

test('whoever observes sees every exchange: the route, the caller, the status', async () => {
  seen.length = 0;
  await ask('GET', '/things/7?x=1', 'reader');
  await ask('GET', '/things/7');
  await ask('GET', '/nowhere', 'all');
  expect(seen.map(({ path, route, caller, status }) => [path, route?.path, caller?.keyId, status])).toEqual([
    ['/things/7', '/things/:id', 'reader', 200],
    ['/things/7', '/things/:id', undefined, 401],
    ['/nowhere', undefined, 'all', 404],
  ]);
  expect(seen.every(({ durationMs }) => durationMs >= 0)).toBe(true);
});

test('a connection may be silent for a minute with a valid key, without end on a slow route, and else as the listener says', async () => {
  const allowed = async (path: string, key: string): Promise<number[]> => {
    const seconds: number[] = [];
    const listener: Pick<Bun.Server<SocketData>, 'requestIP' | 'timeout'> = {
      requestIP: () => null,
      timeout: (_request, value) => void seconds.push(value),
    };
    const request = new Request(`http://localhost${path}`, { headers: { host: 'localhost', 'x-api-key': key } });
    await gateway.fetch(request, listener as Bun.Server<SocketData>);
    return seconds;
  };
  expect((await allowed('/things/7', 'reader')).at(-1)).toBe(60);
  expect((await allowed('/slow', 'reader')).at(-1)).toBe(0);
  expect(await allowed('/slow', 'wrong')).toEqual([]);
});

test('a route that does not say who may use it does not start', () => {
  const forgetful = new Elysia().get('/secret', () => 'x');
  expect(() => new RouteTable(forgetful)).toThrow('GET /secret does not state its access');
});

describe('the table and Elysia read a path alike', () => {
  const table = new RouteTable(app);
  const part = fc.constantFrom('', 'things', 'open', 'files', 'a', '..', '.', '%2e', '%2F', 'ü', 'x%zz', ':id', '*');
  const path = fc.array(part, { maxLength: 4 }).map((parts) => `/${parts.join('/')}`);

  test('what one of them finds, the other does, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(path, async (given) => {
        const request = new Request(`http://localhost${given}`);
        const found = table.at(pathOf(request.url))?.get('GET');
        const elysia = await app.handle(request);
        // Where the table finds nothing the gateway answers, so Elysia may; the other way round would be a hole.
        if (found === undefined) return;
        expect({ given, status: elysia.status }).toEqual({ given, status: 200 });
        const is = ((await elysia.json()) as { is?: string }).is ?? 'open';
        expect(found.path).toBe({ thing: '/things/:id', file: '/files/*', open: '/open' }[is] ?? '');
      }),
      { numRuns: 500 },
    );
  });

  test('a host of three characters or less is read alike, too', async () => {
    // Elysia looks for the path from the twelfth character on.
    for (const host of ['a', 'dev', 'abcd']) {
      const request = new Request(`http://${host}/files/things/1?x=/open`, { headers: { 'x-api-key': 'reader' } });
      const read = readableByElysia(request);
      expect({ host, path: pathOf(request.url), same: pathOf(read.url) }).toEqual({
        host,
        path: '/files/things/1',
        same: '/files/things/1',
      });
      expect(await (await app.handle(read)).json()).toEqual({ is: 'file', rest: 'things/1' });
      expect(read.headers.get('x-api-key')).toBe('reader');
    }
    expect(pathOf('http://localhost/things/1?x=/open')).toBe('/things/1');
  });

  test('slashes alone are no path of ours', () => {
    for (const given of ['//', '///', '/open//'])
      expect({ given, found: table.at(given) }).toEqual({ given, found: undefined });
    expect(table.at('/open/')).toBeDefined();
  });
});
