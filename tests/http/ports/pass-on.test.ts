/** A request on its way to a port and back, and what happens when either side does not keep to the rules. */
import { describe, expect, test } from 'bun:test';
import { PortSlots } from '../../../src/ports/slots.ts';
import { bareProxy } from '../../support/bare-proxy.ts';
import { waitFor } from '../../support/wait.ts';

/** A target that sends these bytes when it has heard something, such as `after`; `null`: nothing at all. */
function rawTarget(answer: string | null, then: 'end' | 'reset' | 'stay' = 'end', after = '') {
  const heard: string[] = [];
  let open = 0;
  const target = Bun.listen({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      open: () => void (open += 1),
      close: () => void (open -= 1),
      data(socket, data) {
        heard.push(data.toString('latin1'));
        if (answer === null || !heard.join('').includes(after)) return;
        socket.write(answer);
        if (then === 'end') socket.end();
        if (then === 'reset') socket.terminate();
      },
    },
  });
  return {
    port: target.port,
    heard,
    get open() {
      return open;
    },
    [Symbol.dispose]: () => target.stop(true),
  };
}

const freed = (slots: PortSlots) => waitFor('the slot', async () => (slots.taken === 0 ? true : undefined));

describe('what goes through', () => {
  test('status, body and length, of GET and of HEAD, and no byte is unpacked', async () => {
    const packed = Bun.gzipSync('hello '.repeat(1000));
    using target = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch: () => new Response(packed, { status: 203, headers: { 'content-encoding': 'gzip' } }),
    });
    using proxy = bareProxy(target.port ?? 0);
    const answer = await fetch(proxy.url, { decompress: false });
    expect([answer.status, answer.headers.get('content-encoding')]).toEqual([203, 'gzip']);
    expect(answer.headers.get('content-length')).toBe(String(packed.length));
    expect(await answer.bytes()).toEqual(packed);
    const head = await fetch(proxy.url, { method: 'HEAD', decompress: false });
    expect(head.headers.get('content-length')).toBe(String(packed.length));
    await freed(proxy.slots);
  });

  test.each([204, 205, 304])('%d has no body, and gives its slot back', async (status) => {
    using target = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response(null, { status }) });
    using proxy = bareProxy(target.port ?? 0);
    expect((await fetch(proxy.url)).status).toBe(status);
    await freed(proxy.slots);
  });

  test('a redirect is passed on, not followed', async () => {
    let asked = 0;
    using target = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch() {
        asked += 1;
        return new Response(null, { status: 307, headers: { location: 'http://elsewhere.example/' } });
      },
    });
    using proxy = bareProxy(target.port ?? 0);
    const answer = await fetch(proxy.url, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location'), asked]).toEqual([307, 'http://elsewhere.example/', 1]);
  });

  test('a body with its length, and one without', async () => {
    using target = rawTarget('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok', 'end', 'abc');
    using proxy = bareProxy(target.port);
    expect(await (await fetch(proxy.url, { method: 'POST', body: 'abc' })).text()).toBe('ok');
    expect(target.heard.join('')).toMatch(/content-length: 3\r\n[^]*\r\nabc$/);
    target.heard.length = 0;
    const parts = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('abc'));
        controller.close();
      },
    });
    await (await fetch(proxy.url, { method: 'POST', body: parts })).text();
    expect(target.heard.join('')).toContain('transfer-encoding: chunked');
    expect(target.heard.join('')).toContain('abc');
  });

  test('each piece of a stream as it comes, in both directions', async () => {
    using target = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: ({ body }) => new Response(body) });
    using proxy = bareProxy(target.port ?? 0);
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    void writer.write(new TextEncoder().encode('one'));
    const answer = await fetch(proxy.url, { method: 'POST', body: readable });
    const reader = (answer.body ?? new ReadableStream<Uint8Array>()).getReader();
    const next = async () => new TextDecoder().decode((await reader.read()).value);
    expect(await next()).toBe('one');
    await writer.write(new TextEncoder().encode('two'));
    expect(await next()).toBe('two');
    await writer.close();
    expect((await reader.read()).done).toBe(true);
    await freed(proxy.slots);
  });

  test('a target on IPv6 alone, with and without a body', async () => {
    using target = Bun.serve({
      hostname: '::1',
      port: 0,
      fetch: async (request) => new Response(await request.text()),
    });
    using proxy = bareProxy(target.port ?? 0);
    expect((await fetch(proxy.url)).status).toBe(200);
    expect(await (await fetch(proxy.url, { method: 'POST', body: 'six' })).text()).toBe('six');
  });
});

describe('what goes wrong', () => {
  test.each(['GET', 'POST'])('nobody listens: 502, %s', async (method) => {
    const gone = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } });
    const { port } = gone;
    gone.stop(true);
    using proxy = bareProxy(port);
    const answer = await fetch(proxy.url, { method, ...(method === 'POST' && { body: 'x' }) });
    expect([answer.status, await answer.json()]).toEqual([502, { error: `nothing listens on port ${port}` }]);
    await freed(proxy.slots);
  });

  const bad: readonly [string, string][] = [
    ['hangs up', ''],
    ['speaks no HTTP', 'SSH-2.0-OpenSSH_9.9\r\n'],
    ['has two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nokx'],
  ];
  test.each(bad)('a target that %s: 502', async (_what, bytes) => {
    using target = rawTarget(bytes);
    using proxy = bareProxy(target.port);
    expect((await fetch(proxy.url)).status).toBe(502);
    await freed(proxy.slots);
  });

  test('a header of 1 MB goes through', async () => {
    const long = 'x'.repeat(1_000_000);
    using target = rawTarget(`HTTP/1.1 200 OK\r\nX-Long: ${long}\r\nContent-Length: 0\r\n\r\n`);
    using proxy = bareProxy(target.port);
    expect((await fetch(proxy.url)).headers.get('x-long')).toBe(long);
  });

  const short: readonly [string, string, boolean][] = [
    ['sends half of what it promises', 'half', true],
    ['sends nothing of what it promises', '', true],
    ['sends half, and is reset', 'half', false],
  ];
  test.each(short)(
    'a target that %s: the answer breaks off, and never becomes a 502 of ours',
    async (_what, part, end) => {
      using target = rawTarget(`HTTP/1.1 203 Odd\r\nContent-Length: 100\r\n\r\n${part}`, end ? 'end' : 'reset');
      using proxy = bareProxy(target.port);
      // Which part of it is there when it breaks is chance.
      for (let round = 0; round < 20; round += 1) {
        const answer = fetch(proxy.url).then(async (response) => `${response.status} ${await response.text()}`);
        expect(await answer.catch(() => 'broke off')).toBe('broke off');
      }
      await freed(proxy.slots);
    },
  );

  test('a target that says nothing: 504, and its connection is closed', async () => {
    using target = rawTarget(null);
    using proxy = bareProxy(target.port, { answerSeconds: 0.2 });
    const answer = await fetch(proxy.url);
    expect([answer.status, await answer.json()]).toEqual([
      504,
      { error: `port ${target.port} did not answer within 0.2 s` },
    ]);
    await waitFor('no connection', async () => (target.open === 0 ? true : undefined));
    await freed(proxy.slots);
  });

  test('a client that hangs up before the answer, or during it, ends the other side', async () => {
    using silent = rawTarget(null);
    using endless = rawTarget('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n', 'stay');
    for (const target of [silent, endless]) {
      using proxy = bareProxy(target.port);
      const abort = new AbortController();
      const answer = fetch(proxy.url, { signal: abort.signal }).catch(() => undefined);
      await waitFor('a request', async () => (target.heard.length > 0 ? true : undefined));
      if (target === endless) await answer;
      abort.abort();
      await waitFor('no connection', async () => (target.open === 0 ? true : undefined));
      await freed(proxy.slots);
    }
  });

  test('a key that ends cuts what goes on under it', async () => {
    using target = rawTarget('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n', 'stay');
    using proxy = bareProxy(target.port);
    const answer = await fetch(proxy.url);
    const text = answer.text().catch(() => 'cut');
    expect(proxy.live.count('key')).toBe(1);
    proxy.live.end('key');
    expect(await text).toBe('cut');
    expect(proxy.live.count('key')).toBe(0);
    await waitFor('no connection', async () => (target.open === 0 ? true : undefined));
    await freed(proxy.slots);
  });

  test('too many at once: 503 until one is over', async () => {
    using target = rawTarget(null);
    using proxy = bareProxy(target.port, { limits: { all: 2, each: 1 } });
    const abort = new AbortController();
    const first = fetch(proxy.url, { signal: abort.signal }).catch(() => undefined);
    await waitFor('the first', async () => (target.heard.length > 0 ? true : undefined));
    expect((await fetch(proxy.url)).status).toBe(503);
    abort.abort();
    await first;
    await freed(proxy.slots);
  });
});

test('slots: for each port, and for all', () => {
  const slots = new PortSlots({ all: 3, each: 2 });
  const taken = [slots.take(1), slots.take(1)];
  expect(slots.take(1)).toEqual({ ok: false, failure: { reason: 'too-many-requests', limit: 2 } });
  expect(slots.take(2).ok).toBe(true);
  expect(slots.take(3)).toEqual({ ok: false, failure: { reason: 'too-many-requests', limit: 3 } });
  for (const one of taken) if (one.ok) one.value[Symbol.dispose]();
  expect([slots.take(1).ok, slots.taken]).toEqual([true, 2]);
});
