import { afterEach, describe, expect, test } from 'bun:test';
import { Client } from '../../src/client/client.ts';
import { ClientError } from '../../src/client/failure.ts';
import { parseSse } from '../../src/client/sse.ts';

const servers: Bun.Server<undefined>[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop(true)));
});

/** A server that answers the n-th request (from 0) as it is told. */
function scripted(answer: (request: Request, nth: number) => Response | Promise<Response>): {
  client: Client;
  seen: Headers[];
} {
  const seen: Headers[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      seen.push(new Headers(request.headers));
      return answer(request, seen.length - 1);
    },
  });
  servers.push(server);
  return { client: new Client({ url: server.url.href, key: 'the-key', retryForMs: 5000 }), seen };
}

const events = (...list: readonly [id: number, type: string, data: object][]): string =>
  list.map(([id, type, data]) => `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`).join('');

const sse = (text: string): Response => new Response(text, { headers: { 'content-type': 'text/event-stream' } });

const failureOf = async (call: Promise<unknown>): Promise<ClientError> => {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ClientError)) throw new Error('a ClientError was expected');
  return error;
};

describe('follow', () => {
  test('goes on after the last event it saw, over connections that end anywhere', async () => {
    const whole = events(
      [1, 'status', { status: 'running' }],
      [2, 'stdout', { text: 'a' }],
      [3, 'stdout', { text: 'b' }],
      [4, 'end', { exitCode: 0 }],
    );
    const cut = whole.indexOf('id: 3') + 20;
    const { client, seen } = scripted((request, nth) => {
      if (nth === 0) return sse(`retry: 1000\n\n: hello\n\n${whole.slice(0, cut)}`);
      // A server may begin too early: what was seen is not told again.
      return request.headers.get('last-event-id') === '2'
        ? sse(whole.slice(whole.indexOf('id: 2')))
        : new Response(null, { status: 500 });
    });
    const got: number[] = [];
    for await (const event of client.follow('j')) got.push(event.id);
    expect(got).toEqual([1, 2, 3, 4]);
    expect(seen.map((headers) => headers.get('last-event-id'))).toEqual([null, '2']);
  });

  test('waits for a server that is away as long as it is told to', async () => {
    const start = events([1, 'status', { status: 'running' }]);
    const { client } = scripted((_request, nth) => {
      if (nth === 0) return sse(start);
      return nth < 4 ? new Response(null, { status: 502 }) : sse(events([2, 'end', { exitCode: 0 }]));
    });
    const { url } = client;
    const hasty = new Client({ url, retryForMs: 0 });
    const got = await Array.fromAsync(hasty.follow('j', { retryForMs: Infinity }));
    expect(got.map(({ id }) => id)).toEqual([1, 2]);
  });

  test('hangs up when nobody listens any more', async () => {
    const gone = Promise.withResolvers<void>();
    const { client } = scripted(
      (request) =>
        new Response(
          new ReadableStream({
            start(controller) {
              request.signal.addEventListener('abort', () => gone.resolve());
              controller.enqueue(new TextEncoder().encode(events([1, 'status', { status: 'running' }])));
            },
          }),
        ),
    );
    for await (const event of client.follow('j')) {
      expect(event.type).toBe('status');
      break;
    }
    await gone.promise;
  });

  test('ends at once where there is nothing more to come', async () => {
    const { client } = scripted(() => new Response(null, { status: 204 }));
    expect(await Array.fromAsync(client.follow('j', { since: 9 }))).toEqual([]);
  });
});

describe('what may be repeated', () => {
  test('a submission is, under the same Idempotency-Key', async () => {
    const { client, seen } = scripted((_request, nth) => {
      if (nth === 0) return Response.json({ status: 'ok', authenticated: true });
      return nth === 1
        ? Response.json({ error: 'the server is shutting down' }, { status: 503 })
        : Response.json({ jobId: 'j', status: 'pending' }, { status: 202 });
    });
    await client.health();
    expect(await client.exec({ command: 'true' })).toEqual({ jobId: 'j', status: 'pending' });
    const [, first, second] = seen.map((headers) => headers.get('idempotency-key'));
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect(second).toBe(first as string);
  });

  test('input is not', async () => {
    const { client, seen } = scripted((_request, nth) =>
      nth === 0 ? Response.json({ status: 'ok' }) : new Response(null, { status: 503 }),
    );
    await client.health();
    await failureOf(client.input('j', { data: 'x' }));
    expect(seen).toHaveLength(2);
  });

  test('an output that broke off is read on from there', async () => {
    const ranges: (string | undefined)[] = [];
    using server = Bun.listen({
      port: 0,
      hostname: '127.0.0.1',
      socket: {
        data(socket, bytes) {
          const range = /^range: (.*)\r$/im.exec(bytes.toString())?.[1];
          ranges.push(range);
          // The first answer promises eight bytes and hangs up after four.
          socket.end(
            range === undefined
              ? 'HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n0123'
              : 'HTTP/1.1 206 Partial Content\r\ncontent-length: 4\r\n\r\n4567',
          );
        },
      },
    });
    const client = new Client({ url: `http://127.0.0.1:${server.port}`, key: 'the-key' });
    expect(Buffer.concat(await Array.fromAsync(client.output('j', 'stdout'))).toString()).toBe('01234567');
    expect(ranges.at(-1)).toBe('bytes=4-');
  });
});

describe('failures', () => {
  test("carry the status and the server's own words", async () => {
    const { client } = scripted(() => Response.json({ error: 'job not found' }, { status: 404 }));
    expect(await failureOf(client.job('j'))).toMatchObject({
      reason: 'refused',
      status: 404,
      message: 'job not found',
    });
  });

  test('a refused key is told apart from other refusals', async () => {
    const { client } = scripted(() => Response.json({ error: 'invalid API key' }, { status: 401 }));
    expect(await failureOf(client.job('j'))).toMatchObject({ reason: 'key-refused', status: 401 });
  });

  test('an answer that breaks off is no answer, one that is not ours is another matter', async () => {
    using server = Bun.listen({
      port: 0,
      hostname: '127.0.0.1',
      socket: {
        data(socket) {
          socket.end('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 80\r\n\r\n{"jobId":');
        },
      },
    });
    const broken = new Client({ url: `http://127.0.0.1:${server.port}`, key: 'the-key' });
    expect(await failureOf(broken.job('j'))).toMatchObject({ reason: 'unreachable' });
    const { client } = scripted(() => new Response('<html>'));
    expect(await failureOf(client.job('j'))).toMatchObject({ reason: 'unexpected', status: 200 });
  });

  test('an aborted call rejects with the reason of its signal, also while its answer arrives', async () => {
    const { client } = scripted(() => new Response(new ReadableStream({ start: (body) => body.enqueue('{') })));
    const aborting = new AbortController();
    const call = client.job('j', { signal: aborting.signal }).catch((reason: unknown) => reason);
    const reason = new Error('left');
    setTimeout(() => aborting.abort(reason), 50);
    expect(await call).toBe(reason);
  });

  test('a redirect is not followed: the key would go with it', async () => {
    const { client: elsewhere, seen } = scripted(() => Response.json({}));
    const { client } = scripted(() => Response.redirect(`${elsewhere.url}/jobs/j`, 307));
    expect((await failureOf(client.job('j'))).reason).toBe('unexpected');
    expect(seen).toEqual([]);
  });

  test('never hold the key', async () => {
    expect(() => new Client({ url: 'http://127.0.0.1:9', key: 'secret\nkey' })).toThrow(ClientError);
    expect(() => new Client({ url: 'http://127.0.0.1:9', key: 'secret\nkey' })).not.toThrow('secret');
    const { message } = await failureOf(new Client({ url: 'http://127.0.0.1:9', key: 'secret-key' }).jobs());
    expect(message).toBe('cannot reach http://127.0.0.1:9: connection refused');
  });

  test('an answer that does not come in time is one', async () => {
    const { client } = scripted(() => new Promise<Response>(() => {}));
    const { url } = client;
    expect(await failureOf(new Client({ url, timeoutMs: 50 }).health())).toMatchObject({
      reason: 'unreachable',
      message: expect.stringContaining('no answer within 0.05 s'),
    });
  });
});

test('requests go out by the fetch that is given', async () => {
  const urls: string[] = [];
  const send = async (url: string): Promise<Response> => {
    urls.push(url);
    return Response.json({ status: 'ok', authenticated: false });
  };
  await new Client({ url: 'http://elsewhere.example/below/', fetch: send }).health();
  expect(urls).toEqual(['http://elsewhere.example/below/health']);
});

test('the token of a tunnel travels beside the key, and neither is ever in a message', async () => {
  const { client, seen } = scripted(() => Response.json({ status: 'ok', authenticated: true }));
  await new Client({ url: client.url, key: 'the-key', tunnelToken: 'eyJ.a.b' }).health();
  expect(seen.map((headers) => [headers.get('x-api-key'), headers.get('x-tunnel-authorization')])).toEqual([
    ['the-key', 'tunnel eyJ.a.b'],
  ]);
  const unusable = () => new Client({ url: client.url, key: 'the-key', tunnelToken: 'secret token' });
  expect(unusable).toThrow(expect.objectContaining({ failure: { reason: 'key-unusable' } }));
  expect(unusable).not.toThrow('secret');
});

test('sockets are made by what is given, at an address with a ticket in place of the key', async () => {
  const { promise: address, resolve } = Promise.withResolvers<string>();
  const client = new Client({
    url: 'http://elsewhere.example',
    key: 'the-key',
    fetch: async () => Response.json({ ticket: 'a/b' }),
    webSocket(url) {
      resolve(url);
      return { readyState: 0, send() {}, close() {}, addEventListener() {} };
    },
  });
  const link = client.terminals.attach('one', { listener: { attached() {}, output() {} } });
  expect(await address).toBe('ws://elsewhere.example/terminal?attach=one&ticket=a%2Fb');
  link.detach();
});

test('jobs asks for as many pages as it takes', async () => {
  const all = Array.from({ length: 250 }, (_, index) => ({ jobId: `j${index}` }));
  const { client, seen } = scripted((request) => {
    const query = new URL(request.url).searchParams;
    const start = all.findIndex(({ jobId }) => jobId === query.get('before')) + 1;
    return Response.json(all.slice(start, start + Number(query.get('limit'))));
  });
  expect((await client.jobs({ limit: 240 })).map(({ jobId }) => jobId)).toEqual(
    all.slice(0, 240).map(({ jobId }) => jobId),
  );
  expect(seen).toHaveLength(3);
  expect(await client.jobs({ limit: 1000 })).toHaveLength(250);
});

test('events are found however the bytes are cut', async () => {
  const text = `: beat\n\n${events([1, 'stdout', { text: 'grüße\n' }])}data: a\r\ndata: b\r\n\r\ndata: cut off`;
  const bytes = new TextEncoder().encode(text);
  for (const size of [1, 2, 3, 7, bytes.length]) {
    const chunks = (async function* () {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    })();
    expect(await Array.fromAsync(parseSse(chunks))).toEqual([
      { id: '1', event: 'stdout', data: '{"text":"grüße\\n"}' },
      { id: undefined, event: undefined, data: 'a\nb' },
    ]);
  }
});
