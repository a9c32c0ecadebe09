/**
 * Machine 4: a port of the machine for browsers, on an origin of its own. Requests are raw, as a browser or somebody who
 * pretends to be one would send them; the target is in this process, on the loopback that both share.
 */
import { describe, expect, test } from 'bun:test';
import type { AuditEntry } from '../../src/protocol/audit.ts';
import type { Door } from '../support/doors.ts';
import { head, openRaw, sendRaw, type RawAnswer } from '../support/rig-raw.ts';
import { RawWebSocket } from '../support/raw-web-socket.ts';
import { waitFor } from '../support/wait.ts';
import { sharedRig } from './shared-rig.ts';
import { addKey } from './suite-keys.ts';

const COOKIE = 'agent-server-port';

interface Echo {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Says what it was asked, with what a target should rather not say. */
const echo = () =>
  Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch({ method, url, headers }) {
      const answer = new Headers({
        location: `http://localhost:${new URL(url).port}/next?a=b`,
        'strict-transport-security': 'max-age=1',
        'clear-site-data': '"*"',
        'x-own': 'kept',
      });
      for (const cookie of [
        'theirs=1; Path=/; Domain=localhost',
        'wide=1; Domain=example.com; HttpOnly',
        `${COOKIE}=forged; Path=/`,
        `=${COOKIE}=forged`,
        `__Host-${COOKIE}=forged; Path=/; Secure`,
      ])
        answer.append('set-cookie', cookie);
      return Response.json({ method, url, headers: Object.fromEntries(headers) }, { status: 201, headers: answer });
    },
  });

/** Begins an answer that does not end. */
function endless() {
  let open = 0;
  const target = Bun.listen({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      open: () => void (open += 1),
      close: () => void (open -= 1),
      data: (socket) =>
        void socket.write(
          'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n',
        ),
    },
  });
  return { port: target.port, open: () => open, [Symbol.dispose]: () => target.stop(true) };
}

/** Says everything twice, and who asked: path, origin and cookies. */
function socketEcho() {
  const seen: string[] = [];
  let open = 0;
  const target = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request, server) {
      const { pathname, search } = new URL(request.url);
      seen.push(`${pathname}${search} ${request.headers.get('origin')} ${request.headers.get('cookie')}`);
      return server.upgrade(request) ? undefined : new Response('no socket', { status: 400 });
    },
    websocket: {
      open: () => void (open += 1),
      close: () => void (open -= 1),
      message: (socket, text) => void socket.send(text),
    },
  });
  return { port: target.port, seen, open: () => open, [Symbol.dispose]: () => void target.stop(true) };
}

const headerOf = ({ head: top }: RawAnswer, name: string): string | undefined =>
  new RegExp(`^${name}: (.*?)\\r?$`, 'im').exec(top)?.[1];
/** It may come in pieces, each with its length before it. */
const echoed = ({ body }: RawAnswer): Echo =>
  JSON.parse(body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1)) as Echo;
const headersOf = ({ head: top }: RawAnswer, name: string): string[] =>
  [...top.matchAll(new RegExp(`^${name}: (.*?)\\r?$`, 'gim'))].map(([, value = '']) => value);

export function portOriginSuite(door: Door): void {
  describe('ports for browsers', () => {
    const rig = sharedRig(door);
    const hostOf = (port: number | string) => `p${port}.localhost:${rig().port}`;
    const ask = (host: string, method: string, target: string, ...lines: string[]) =>
      sendRaw(rig().port, head(method, target, `Host: ${host}`, ...lines));
    const ticketFor = async (port: number, key = rig().key) => {
      const { status, body } = await rig().ask('/tickets', { json: { port }, key });
      if (status !== 200) throw new Error(`no ticket: ${status} ${JSON.stringify(body)}`);
      const { ticket, url } = body as { readonly ticket: string; readonly url: string };
      return { ticket, url: new URL(url), target: url.slice(new URL(url).origin.length) };
    };
    /** The line with the cookie of a browser that was let in. */
    const enter = async (port: number, key = rig().key) => {
      const answer = await ask(hostOf(port), 'GET', (await ticketFor(port, key)).target);
      const [cookie = ''] = headerOf(answer, 'set-cookie')?.split(';') ?? [];
      return `Cookie: ${cookie}`;
    };

    test('a ticket is good for one address, which sets the cookie and leads to the port', async () => {
      using target = echo();
      const port = target.port ?? 0;
      const { url, target: path, ticket } = await ticketFor(port);
      expect(url.href).toBe(`http://${hostOf(port)}/.agent-server/enter?ticket=${ticket}`);
      const answer = await ask(
        hostOf(port),
        'GET',
        path,
        'Sec-Fetch-Site: cross-site',
        'Sec-Fetch-Mode: navigate',
        'Sec-Fetch-Dest: document',
      );
      expect(answer.status).toBe(303);
      expect(['location', 'referrer-policy', 'cache-control'].map((name) => headerOf(answer, name))).toEqual([
        '/',
        'no-referrer',
        'no-store',
      ]);
      const [cookie = '', ...attributes] = (headerOf(answer, 'set-cookie') ?? '').split('; ');
      expect(cookie).toMatch(/^agent-server-port=[\w-]{43}$/);
      expect(attributes.toSorted()).toEqual(['HttpOnly', 'Max-Age=43200', 'Path=/', 'SameSite=Lax']);
      // A second time it opens nothing.
      const again = await ask(hostOf(port), 'GET', path);
      expect([again.status, headerOf(again, 'set-cookie')]).toEqual([403, undefined]);
      expect(again.body).toContain(`agent-server open ${port}`);
      expect((await ask(hostOf(port), 'GET', '/', `Cookie: ${cookie}`)).status).toBe(201);
    });

    test('what goes through, as if the target had been asked under its own name, and never the cookie', async () => {
      using target = echo();
      const port = target.port ?? 0;
      const cookie = await enter(port);
      const host = hostOf(port);
      const answer = await ask(
        host,
        'GET',
        '/a%2Fb//c/?q=%41+b&q',
        `Cookie: a=1; ${cookie.slice(8)}; b=2`,
        `Origin: http://${host}`,
        `Referer: http://${host}/page?x`,
        'Sec-Fetch-Site: same-origin',
        `X-API-Key: ${rig().key}`,
        `Authorization: Bearer ${rig().key}`,
        'X-Forwarded-For: 1.2.3.4',
        'X-Forwarded-Host: evil.example',
        'X-Own: 1',
        'Connection: X-Own',
      );
      expect(answer.status).toBe(201);
      const asked = echoed(answer);
      expect(asked.url).toBe(`http://localhost:${port}/a%2Fb//c/?q=%41+b&q`);
      expect(asked.headers).toMatchObject({
        host: `localhost:${port}`,
        origin: `http://localhost:${port}`,
        referer: `http://localhost:${port}/page?x`,
        cookie: 'a=1; b=2',
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-host': host,
        'x-forwarded-proto': 'http',
      });
      for (const name of ['x-api-key', 'authorization', 'x-forwarded-prefix', 'x-own'])
        expect(asked.headers).not.toHaveProperty(name);
      expect(headerOf(answer, 'location')).toBe(`http://${host}/next?a=b`);
      expect(headersOf(answer, 'set-cookie')).toEqual(['theirs=1; Path=/', 'wide=1; HttpOnly']);
      expect(headerOf(answer, 'x-own')).toBe('kept');
      for (const name of ['strict-transport-security', 'clear-site-data', 'content-security-policy'])
        expect(headerOf(answer, name)).toBeUndefined();
    });

    test('an Authorization that is no key of ours is the app’s own', async () => {
      using target = echo();
      const port = target.port ?? 0;
      const answer = await ask(hostOf(port), 'GET', '/', await enter(port), 'Authorization: Bearer theirs');
      expect(echoed(answer).headers['authorization']).toBe('Bearer theirs');
    });

    test('the path of entry and what is beside it are not the port’s', async () => {
      using target = echo();
      const port = target.port ?? 0;
      const cookie = await enter(port);
      expect((await ask(hostOf(port), 'GET', '/.agent-server/x', cookie)).status).toBe(404);
      const post = await ask(hostOf(port), 'POST', '/.agent-server/enter?ticket=x', cookie, 'Content-Length: 0');
      expect([post.status, headerOf(post, 'allow')]).toEqual([405, 'GET']);
    });

    describe('whoever has no cookie', () => {
      test('is told how to get in: no key, no other cookie and no other way of ours is one', async () => {
        using target = echo();
        const port = target.port ?? 0;
        const { ticket } = await ticketFor(port);
        for (const lines of [
          [],
          [`X-API-Key: ${rig().key}`],
          [`Authorization: Bearer ${rig().key}`],
          [`Cookie: ${COOKIE}=${'A'.repeat(43)}`],
          [`Cookie: ${COOKIE}=`],
          [`Cookie: ${COOKIE}=${ticket}`],
          [`Cookie: __Host-${(await enter(port)).slice(8)}`],
        ]) {
          const answer = await ask(hostOf(port), 'GET', '/', ...lines);
          expect(answer.status).toBe(401);
          expect(answer.body).toContain(`agent-server open ${port}`);
          for (const [name, value] of [
            ['content-type', 'text/plain; charset=utf-8'],
            ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
            ['x-content-type-options', 'nosniff'],
            ['referrer-policy', 'no-referrer'],
            ['cache-control', 'no-store'],
          ] as const)
            expect(headerOf(answer, name)).toBe(value);
        }
        expect((await ask(hostOf(port), 'GET', `/?ticket=${ticket}`)).status).toBe(401);
        // Nor was it used up by that.
        expect((await ask(hostOf(port), 'GET', `/.agent-server/enter?ticket=${ticket}`)).status).toBe(303);
      });

      test('nor does anything of the server answer there, with a cookie either', async () => {
        using target = echo();
        const port = target.port ?? 0;
        const cookie = await enter(port);
        for (const path of [
          '/health',
          '/healthz',
          '/jobs',
          '/openapi.json',
          '/console/app.js',
          '/tickets',
          '/ports/1/',
        ]) {
          expect((await ask(hostOf(port), 'GET', path, `X-API-Key: ${rig().key}`)).status).toBe(401);
          const answer = await ask(hostOf(port), 'GET', path, cookie, `X-API-Key: ${rig().key}`);
          expect(echoed(answer).url).toBe(`http://localhost:${port}${path}`);
        }
      });

      test.each(['forged', 'of another port'])('a ticket that is %s, and one for a socket', async (which) => {
        using target = echo();
        using other = echo();
        const [port, otherPort] = [target.port ?? 0, other.port ?? 0];
        const { ticket } = which === 'forged' ? { ticket: 'x'.repeat(43) } : await ticketFor(otherPort);
        const socket = await rig().post<{ ticket: string; url?: string }>('/tickets');
        expect(socket.url).toBeUndefined();
        for (const one of [ticket, socket.ticket, '', '%00'])
          expect((await ask(hostOf(port), 'GET', `/.agent-server/enter?ticket=${one}`)).status).toBe(403);
        // On the other hand, one for a port opens no socket and nothing else of the server.
        const { ticket: forPort } = await ticketFor(port);
        const shake = [
          'Upgrade: websocket',
          'Connection: Upgrade',
          'Sec-WebSocket-Version: 13',
          'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
        ];
        const own = `localhost:${rig().port}`;
        expect((await ask(own, 'GET', `/acp/ws?ticket=${forPort}`, ...shake)).status).toBe(401);
        for (const path of ['/jobs', `/ports/${port}/`, '/.agent-server/enter'])
          expect((await ask(own, 'GET', `${path}?ticket=${forPort}`)).status).toBe(401);
      });

      test('a cookie of another port, of another host of the same port', async () => {
        using target = echo();
        using other = echo();
        const [port, otherPort] = [target.port ?? 0, other.port ?? 0];
        const cookie = await enter(port);
        expect((await ask(hostOf(otherPort), 'GET', '/', cookie)).status).toBe(401);
        expect((await ask(`p${port}.localhost:1`, 'GET', '/', cookie)).status).toBe(401);
        expect((await ask(`p${port}.localhost`, 'GET', '/', cookie)).status).toBe(401);
        // A page of another port can set one for a whole domain: it does not shut out the right one.
        const both = `Cookie: ${COOKIE}=tossed; ${cookie.slice(8)}`;
        expect((await ask(hostOf(port), 'GET', '/', both)).status).toBe(201);
        expect((await ask(`localhost:${rig().port}`, 'GET', `/ports/${port}/`, cookie)).status).toBe(401);
      });
    });

    test('a Host that is not exactly of that form is none of ours, cookie or not', async () => {
      using target = echo();
      const port = target.port ?? 0;
      const cookie = await enter(port);
      const own = rig().port;
      for (const host of [
        `p${port}.localhost.evil:${own}`,
        `p${port}.localhost.:${own}`,
        `P${port}.localhost:${own}`,
        `p${port}.LOCALHOST:${own}`,
        `p0${port}.localhost:${own}`,
        `p${port}.localhost:${own}x`,
        `p${port}.localhost:`,
        `p${port}.localhost:123456`,
        `p${port}.localhost:99999`,
        `p${port}.evil.localhost:${own}`,
        `x.p${port}.localhost:${own}`,
        `p${port}-x.localhost:${own}`,
        `p+${port}.localhost:${own}`,
        `p${port}localhost:${own}`,
        `p${port}.127.0.0.1:${own}`,
        `p${port}.ports.example:${own}`,
        `p0.localhost:${own}`,
        `p65536.localhost:${own}`,
        `p99999.localhost:${own}`,
        `p-1.localhost:${own}`,
        `p.localhost:${own}`,
        `evil@p${port}.localhost:${own}`,
        `p${port}.localhost:${own}, localhost`,
      ]) {
        const answer = await ask(host, 'GET', '/', cookie);
        // Bun answers a Host that is malformed by itself.
        expect([400, 403], host).toContain(answer.status);
        expect(answer.body, host).not.toContain('"url"');
      }
      const hosts = (first: string, second: string) =>
        sendRaw(own, head('GET', '/', `Host: ${first}`, `Host: ${second}`, cookie));
      for (const [first, second] of [
        [hostOf(port), `localhost:${own}`],
        [`localhost:${own}`, hostOf(port)],
        [hostOf(port), hostOf(port)],
      ] as const)
        expect([400, 403]).toContain((await hosts(first, second)).status);
      // The Host decides, not the address in the line of the request.
      const absolute = await ask(`localhost:${own}`, 'GET', `http://${hostOf(port)}/`, cookie);
      expect(absolute.body).not.toContain('"url"');
    });

    test('the server’s own ports: no ticket, and 403 under their names', async () => {
      const own = [rig().port, Number(new URL(rig().terminalUrl).port)];
      for (const port of own) {
        expect((await rig().ask('/tickets', { json: { port } })).status).toBe(403);
        expect((await ask(hostOf(port), 'GET', '/')).status).toBe(403);
        expect((await ask(hostOf(port), 'GET', '/.agent-server/enter?ticket=x')).status).toBe(403);
      }
    });

    test('only pages of that origin ask for anything; others may lead a whole tab there', async () => {
      using target = echo();
      const port = target.port ?? 0;
      const cookie = await enter(port);
      const host = hostOf(port);
      const statusOf = async (method: string, ...lines: string[]) =>
        (await ask(host, method, '/', cookie, ...(method === 'POST' ? ['Content-Length: 0'] : []), ...lines)).status;
      const tab = ['Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document'];
      for (const site of ['cross-site', 'same-site']) {
        expect(await statusOf('GET', `Sec-Fetch-Site: ${site}`, ...tab)).toBe(201);
        for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
          expect(await statusOf(method, `Sec-Fetch-Site: ${site}`, ...tab), method).toBe(403);
        for (const [mode, destination] of [
          ['navigate', 'iframe'],
          ['navigate', 'object'],
          ['navigate', 'empty'],
          ['no-cors', 'document'],
          ['no-cors', 'image'],
          ['cors', 'empty'],
        ])
          expect(
            await statusOf(
              'GET',
              `Sec-Fetch-Site: ${site}`,
              `Sec-Fetch-Mode: ${mode}`,
              `Sec-Fetch-Dest: ${destination}`,
            ),
            `${mode} ${destination}`,
          ).toBe(403);
        expect(await statusOf('GET', `Sec-Fetch-Site: ${site}`)).toBe(403);
      }
      expect(await statusOf('GET', 'Sec-Fetch-Site: same-origin', 'Sec-Fetch-Site: cross-site')).toBe(403);
      for (const origin of [
        'null',
        `http://localhost:${rig().port}`,
        `https://${host}`,
        `http://p${port}.localhost`,
        `http://${host}.evil`,
        `http://${hostOf(1)}`,
        `http://${host}, http://${host}`,
        'http://evil.example',
      ])
        for (const method of ['GET', 'POST', 'OPTIONS'])
          expect(await statusOf(method, `Origin: ${origin}`), origin).toBe(403);
      expect(await statusOf('POST', `Origin: http://${host}`, 'Sec-Fetch-Site: same-origin')).toBe(201);
      expect(await statusOf('GET', 'Sec-Fetch-Site: none', ...tab)).toBe(201);
    });

    test('headers cannot be smuggled by the ticket, the path or a line that ends early', async () => {
      using target = echo();
      const port = target.port ?? 0;
      const cookie = await enter(port);
      for (const path of ['/.agent-server/enter?ticket=x%0d%0aSet-Cookie:%20a=1', '/%0d%0aX-Injected:%201']) {
        const answer = await ask(hostOf(port), 'GET', path, cookie);
        expect(headersOf(answer, 'x-injected')).toEqual([]);
        expect(headersOf(answer, 'set-cookie').filter((one) => one.startsWith('a=1'))).toEqual([]);
      }
      const both = await sendRaw(
        rig().port,
        `POST / HTTP/1.1\r\nHost: ${hostOf(port)}\r\n${cookie}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: ${hostOf(port)}\r\n\r\n`,
      );
      expect(both.body).not.toContain('/smuggled');
    });

    test('tickets: the scope ports, within the range of the key, and a whole number', async () => {
      using target = echo();
      const port = target.port ?? 0;
      const looks = await addKey(rig(), ['observe', 'run', 'files:read', 'agents']);
      const narrow = await addKey(rig(), ['ports'], { ports: `1,${port}` });
      const status = async (key: string, json: unknown) => (await rig().ask('/tickets', { json, key })).status;
      expect(await rig().ask('/tickets', { json: { port }, key: looks.key })).toMatchObject({
        status: 403,
        body: { scope: 'ports' },
      });
      expect(await status(looks.key, {})).toBe(200);
      expect(await status(narrow.key, { port })).toBe(200);
      expect(await status(narrow.key, {})).toBe(200);
      expect(await status(narrow.key, { port: port === 2 ? 3 : 2 })).toBe(403);
      for (const wrong of [0, -1, 65_536, 1.5, '3000', null, [3000]])
        expect(await status(rig().key, { port: wrong })).toBe(400);
      expect((await rig().ask('/tickets', { method: 'POST', key: 'wrong' })).status).toBe(401);
      expect((await ask(hostOf(port), 'GET', '/', await enter(port, narrow.key))).status).toBe(201);
    });

    test('the audit log says who let a browser in, and where to, but no ticket, cookie or path', async () => {
      using target = echo();
      const port = target.port ?? 0;
      const { id, key } = await addKey(rig(), ['ports']);
      const { target: path, ticket } = await ticketFor(port, key);
      const [, cookie = ''] = /agent-server-port=([^;]*)/.exec((await ask(hostOf(port), 'GET', path)).head) ?? [];
      await ask(hostOf(port), 'GET', '/secret-path', `Cookie: ${COOKIE}=${cookie}`);
      await ask(hostOf(port), 'GET', '/secret-path');
      const entries = await waitFor('the entries', async () => {
        const found = await rig().get<AuditEntry[]>('/audit?limit=1000');
        return found.some(({ key: who, status }) => who === id && status === 201) ? found : undefined;
      });
      const mine = entries.filter(({ key: who }) => who === id).toSorted((a, b) => a.seq - b.seq);
      const named = { port: String(port) };
      expect(mine.map(({ route, status, what }) => [route, status, what])).toEqual([
        ['/tickets', 200, named],
        ['/ports/{port}/{path}', 303, named],
        ['/ports/{port}/{path}', 201, named],
      ]);
      for (const secret of [ticket, cookie, 'secret-path']) expect(JSON.stringify(entries)).not.toContain(secret);
    });

    test('a WebSocket needs the cookie and the Origin of that very page; the target sees its own', async () => {
      using target = socketEcho();
      const port = target.port ?? 0;
      const cookie = (await enter(port)).slice(8);
      const Host = hostOf(port);
      const open = (headers: Readonly<Record<string, string>>) =>
        RawWebSocket.open(`ws://127.0.0.1:${rig().port}/live?a=b`, { headers: { Host, ...headers } });
      for (const [status, headers] of [
        [401, { Origin: `http://${Host}` }],
        [401, { Origin: `http://${Host}`, 'X-API-Key': rig().key }],
        [401, { Origin: `http://${Host}`, Cookie: `${COOKIE}=${'A'.repeat(43)}` }],
        [403, { Cookie: cookie }],
        [403, { Cookie: cookie, Origin: 'null' }],
        [403, { Cookie: cookie, Origin: `https://${Host}` }],
        [403, { Cookie: cookie, Origin: `http://localhost:${rig().port}` }],
        [403, { Cookie: cookie, Origin: `http://${hostOf(1)}` }],
        [403, { Cookie: cookie, Origin: `http://${Host}`, 'Sec-Fetch-Site': 'cross-site' }],
        [403, { Cookie: cookie, Origin: `http://${Host}`, Host: `p${port}.localhost.evil` }],
      ] as const) {
        using client = await open(headers);
        expect(client.status, JSON.stringify(headers)).toBe(status);
      }
      const { ticket } = await ticketFor(port);
      using withTicket = await RawWebSocket.open(`ws://127.0.0.1:${rig().port}/?ticket=${ticket}`, {
        headers: { Host, Origin: `http://${Host}` },
      });
      expect(withTicket.status).toBe(401);
      expect(target.seen).toEqual([]);
      using client = await open({
        Cookie: `a=1; ${cookie}`,
        Origin: `http://${Host}`,
        'Sec-Fetch-Site': 'same-origin',
      });
      expect(client.status).toBe(101);
      client.sendFrame(1, Buffer.from('hello'));
      await waitFor('the echo', async () => (client.texts.includes('hello') ? true : undefined));
      expect(target.seen).toEqual([`/live?a=b http://localhost:${port} a=1`]);
    });

    test('a key that is deleted closes the sockets of a page: 3401', async () => {
      using target = socketEcho();
      const port = target.port ?? 0;
      const { id, key } = await addKey(rig(), ['ports']);
      const Host = hostOf(port);
      using client = await RawWebSocket.open(`ws://127.0.0.1:${rig().port}/`, {
        headers: { Host, Origin: `http://${Host}`, Cookie: (await enter(port, key)).slice(8) },
      });
      expect(client.status).toBe(101);
      await rig().ask(`/keys/${id}`, { method: 'DELETE' });
      expect((await client.closed).code).toBe(3401);
      await waitFor('the target to be left', async () => (target.open() === 0 ? true : undefined));
    });

    test.each(['deleted', 'rotated'])('a key that is %s ends its tickets, cookies and what goes on', async (how) => {
      using target = endless();
      const { id, key } = await addKey(rig(), ['ports']);
      const waiting = await ticketFor(target.port, key);
      const cookie = await enter(target.port, key);
      using page = await openRaw(rig().port, `GET / HTTP/1.1\r\nHost: ${hostOf(target.port)}\r\n${cookie}\r\n\r\n`);
      let got = '';
      page.socket.on('data', (chunk: Buffer) => void (got += chunk.toString()));
      const closed = new Promise<void>((resolve) => page.socket.on('close', () => resolve()));
      await waitFor('the first event', async () => (got.includes('data: 1') ? true : undefined));
      const ended = await rig().ask(how === 'deleted' ? `/keys/${id}` : `/keys/${id}/rotate`, {
        method: how === 'deleted' ? 'DELETE' : 'POST',
      });
      expect(ended.status).toBe(200);
      await closed;
      await waitFor('the target to be left', async () => (target.open() === 0 ? true : undefined));
      expect((await ask(hostOf(target.port), 'GET', '/', cookie)).status).toBe(401);
      expect((await ask(hostOf(target.port), 'GET', waiting.target)).status).toBe(403);
    });
  });
}
