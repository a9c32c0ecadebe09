/** Machine 4: a port of the machine for programs. The target is in this process, on the loopback that both share. */
import { describe, expect, test } from 'bun:test';
import type { Door } from '../support/doors.ts';
import { RawTarget } from '../support/raw-target.ts';
import { waitFor } from '../support/wait.ts';
import { sharedRig } from './shared-rig.ts';
import { addKey } from './suite-keys.ts';

/** Says what it was asked, and as what. */
const echo = () =>
  Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const { method, url } = request;
      const asked = { method, url, headers: Object.fromEntries(request.headers), body: await request.text() };
      return Response.json(asked, { status: 201, headers: { 'set-cookie': 'a=1; Path=/', location: '/next' } });
    },
  });

type Asked = Omit<RequestInit, 'headers'> & { readonly headers?: Readonly<Record<string, string>> };

interface Echo {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function portProxySuite(door: Door): void {
  describe('ports for programs', () => {
    const rig = sharedRig(door);
    // Not by the rig: what a port answers is not stated.
    const ask = (path: string, { headers, ...init }: Asked = {}) =>
      fetch(`${rig().url}${path}`, { redirect: 'manual', ...init, headers: { 'x-api-key': rig().key, ...headers } });

    test('method, path, query and body as they came; the answer with its own status, sandboxed', async () => {
      using target = echo();
      const answer = await ask(`/ports/${target.port}/a%2Fb//c%20d/?q=%41+b&q`, { method: 'PATCH', body: 'body' });
      const asked = (await answer.json()) as Echo;
      expect(asked).toMatchObject({ method: 'PATCH', body: 'body' });
      expect(asked.url).toBe(`http://localhost:${target.port}/a%2Fb//c%20d/?q=%41+b&q`);
      expect(asked.headers).toMatchObject({
        host: `localhost:${target.port}`,
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-host': new URL(rig().url).host,
        'x-forwarded-proto': 'http',
        'x-forwarded-prefix': `/ports/${target.port}`,
      });
      expect(asked.headers).not.toHaveProperty('x-api-key');
      expect(answer.status).toBe(201);
      expect(answer.headers.get('location')).toBe(`/ports/${target.port}/next`);
      expect(answer.headers.getSetCookie()).toEqual([`a=1; Path=/ports/${target.port}/`]);
      expect(answer.headers.get('content-security-policy')).toBe('sandbox');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    });

    test('a key that ends while the port has not answered: 401, and the port is let go of', async () => {
      using target = await RawTarget.start(() => {});
      const made = await addKey(rig(), ['ports']);
      const answer = ask(`/ports/${target.port}/`, { headers: { 'x-api-key': made.key } });
      await waitFor('the port to be asked', () => target.connections.length === 1);
      await rig().ask(`/keys/${made.id}`, { method: 'DELETE' });
      expect((await answer).status).toBe(401);
      await waitFor('the connection to end', () => target.open === 0);
    });

    test.each(['GET', 'PUT', 'DELETE', 'OPTIONS', 'PROPFIND'])('%s, at the root, too', async (method) => {
      using target = echo();
      const answer = await ask(`/ports/${target.port}/`, { method });
      expect(((await answer.json()) as Echo).url).toBe(`http://localhost:${target.port}/`);
    });

    test('Authorization beside our key is the target’s; one that is a key of ours is not', async () => {
      using target = echo();
      const authorizationOf = async (headers: Record<string, string>) =>
        ((await (await ask(`/ports/${target.port}/`, { headers })).json()) as Echo).headers['authorization'];
      expect(await authorizationOf({ authorization: 'Bearer of-the-target' })).toBe('Bearer of-the-target');
      const other = await addKey(rig(), ['observe']);
      expect(await authorizationOf({ authorization: `Bearer ${other.key}` })).toBeUndefined();
      const answer = await fetch(`${rig().url}/ports/${target.port}/`, {
        headers: { authorization: `Bearer ${rig().key}` },
      });
      expect(((await answer.json()) as Echo).headers).not.toHaveProperty('authorization');
    });

    test('no ticket and no cookie opens it, and no page elsewhere', async () => {
      using target = echo();
      const { ticket } = await rig().post<{ ticket: string }>('/tickets');
      const foreign: readonly [string, Record<string, string>, number][] = [
        [`/ports/${target.port}/?ticket=${ticket}`, {}, 401],
        [`/ports/${target.port}/`, { cookie: `agent-server-port=${rig().key}` }, 401],
        [`/ports/${target.port}/`, { 'x-api-key': rig().key, origin: 'http://elsewhere.example' }, 403],
        [`/ports/${target.port}/`, { 'x-api-key': rig().key, origin: `http://localhost:${target.port}` }, 403],
        [`/ports/${target.port}/`, { 'x-api-key': rig().key, host: 'elsewhere.example' }, 403],
      ];
      for (const [path, headers, status] of foreign)
        expect([path, (await fetch(rig().url + path, { headers })).status]).toEqual([path, status]);
    });

    test('ports of the server itself are nobody’s: 403', async () => {
      for (const port of [rig().port, Number(new URL(rig().terminalUrl).port)])
        expect(await rig().ask(`/ports/${port}/health`)).toMatchObject({
          status: 403,
          body: { error: `port ${port} is one of this server’s own` },
        });
    });

    test('events of a target come as they are sent, and a client that leaves is told of', async () => {
      const left = Promise.withResolvers<boolean>();
      using target = Bun.serve({
        hostname: '127.0.0.1',
        port: 0,
        idleTimeout: 0,
        fetch(request) {
          request.signal.addEventListener('abort', () => left.resolve(true));
          const stream = new ReadableStream<Uint8Array>({
            start: (controller) => controller.enqueue(new TextEncoder().encode('data: 1\n\n')),
          });
          return new Response(stream, { headers: { 'content-type': 'text/event-stream' } });
        },
      });
      const abort = new AbortController();
      const answer = await ask(`/ports/${target.port}/events`, { signal: abort.signal });
      const reader = (answer.body ?? new ReadableStream<Uint8Array>()).getReader();
      expect(new TextDecoder().decode((await reader.read()).value)).toBe('data: 1\n\n');
      abort.abort();
      expect(await left.promise).toBe(true);
    });

    test('200 MB go up and down whole', async () => {
      const piece = new Uint8Array(1024 * 1024).fill(7);
      let received = 0;
      using target = Bun.serve({
        hostname: '127.0.0.1',
        port: 0,
        maxRequestBodySize: Number.MAX_SAFE_INTEGER,
        async fetch({ method, body }) {
          if (method === 'GET') return new Response(pieces(200, piece));
          for await (const chunk of body ?? []) received += chunk.length;
          return new Response(String(received));
        },
      });
      const up = await ask(`/ports/${target.port}/`, { method: 'PUT', body: pieces(200, piece) });
      expect(await up.text()).toBe(String(200 * piece.length));
      let came = 0;
      for await (const chunk of (await ask(`/ports/${target.port}/`)).body ?? []) came += chunk.length;
      expect(came).toBe(200 * piece.length);
    });
  });
}

function pieces(count: number, piece: Uint8Array): ReadableStream<Uint8Array> {
  let left = count;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      left -= 1;
      if (left < 0) controller.close();
      else controller.enqueue(piece);
    },
  });
}
