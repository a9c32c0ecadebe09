/** Machine 4: WebSockets of a port of the machine for programs. The target is in this process, on the loopback that both share. */
import { describe, expect, test } from 'bun:test';
import type { Door } from '../support/doors.ts';
import { rawTarget, RawSocket } from '../support/raw-socket.ts';
import { standstill } from '../support/wait.ts';
import { sharedRig } from './shared-rig.ts';
import { addKey } from './suite-keys.ts';

interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** Answers each message with the same; `close N` closes with that code. Notes what it was asked, and how it ended. */
function echo() {
  const asked: Request[] = [];
  const closed = Promise.withResolvers<Closed>();
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request, listener) {
      asked.push(request);
      const { pathname } = new URL(request.url);
      if (pathname === '/refused') return Response.json({ no: true }, { status: 418, headers: { 'x-why': 'tea' } });
      if (pathname === '/long') return new Response('x'.repeat(100_000), { status: 418 });
      if (pathname === '/moved') return Response.redirect('/elsewhere');
      const chosen = request.headers.get('sec-websocket-protocol')?.split(', ')[1];
      const headers = new Headers([
        ['set-cookie', 'a=1; Path=/'],
        ...(chosen === undefined ? [] : [['sec-websocket-protocol', chosen] as [string, string]]),
      ]);
      return listener.upgrade(request, { headers }) ? undefined : new Response('no socket', { status: 400 });
    },
    websocket: {
      maxPayloadLength: 32 * 1024 * 1024,
      open: (socket) => void socket.send('hello'),
      message(socket, data) {
        const [, code] = (typeof data === 'string' && /^close (\d+)$/.exec(data)) || [];
        if (code === undefined) socket.send(data);
        else socket.close(Number(code), 'as asked');
      },
      close: (_socket, code, reason) => closed.resolve({ code, reason }),
    },
  });
  return { port: server.port ?? 0, asked, closed: closed.promise, [Symbol.dispose]: () => void server.stop(true) };
}

export function portSocketsSuite(door: Door): void {
  describe('WebSockets of ports', () => {
    const rig = sharedRig(door);
    const open = (path: string, headers: Readonly<Record<string, string>> = {}) =>
      RawSocket.open(new URL(path, rig().url), { 'x-api-key': rig().key, ...headers });

    test('text stays text and bytes stay bytes, whole and in order; the target is asked as itself, without the key', async () => {
      using target = echo();
      await using socket = await open(`/ports/${target.port}/a%2Fb//c?x=%41`, {
        'x-kept': 'yes',
        origin: new URL(rig().url).origin,
        authorization: 'Bearer of-the-target',
      });
      expect(socket.status).toBe(101);
      expect(await socket.next()).toEqual({ opcode: 1, text: 'hello' });
      socket.send(1, Buffer.from('ünïcode'));
      socket.send(2, Buffer.from([0, 255, 128]));
      socket.send(1, Buffer.alloc(0));
      expect([await socket.next(), await socket.next(), await socket.next()]).toEqual([
        { opcode: 1, text: 'ünïcode' },
        { opcode: 2, text: '\x00\xff\x80' },
        { opcode: 1, text: '' },
      ]);
      const [request] = target.asked;
      expect(request?.url).toBe(`http://localhost:${target.port}/a%2Fb//c?x=%41`);
      expect(Object.fromEntries(request?.headers ?? [])).toMatchObject({
        host: `localhost:${target.port}`,
        origin: `http://localhost:${target.port}`,
        'x-kept': 'yes',
        authorization: 'Bearer of-the-target',
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-prefix': `/ports/${target.port}`,
      });
      expect(request?.headers.has('x-api-key')).toBe(false);
      expect(request?.headers.has('sec-websocket-extensions')).toBe(false);
      expect(socket.headers.get('set-cookie')).toBe(`a=1; Path=/ports/${target.port}/`);
    });

    test('the target chooses the subprotocol, or none', async () => {
      using target = echo();
      await using chosen = await open(`/ports/${target.port}/`, { 'sec-websocket-protocol': 'a, b' });
      expect(chosen.headers.get('sec-websocket-protocol')).toBe('b');
      using silent = rawTarget((key) => `${RawSocket.accept(key)}\r\n`);
      await using none = await open(`/ports/${silent.port}/`, { 'sec-websocket-protocol': 'a, b' });
      expect([none.status, none.headers.has('sec-websocket-protocol')]).toEqual([101, false]);
    });

    test('what the target refuses is passed on as it is', async () => {
      using target = echo();
      const refused = await open(`/ports/${target.port}/refused`);
      expect([refused.status, refused.headers.get('x-why'), refused.body]).toEqual([418, 'tea', '{"no":true}']);
      expect(refused.headers.get('content-security-policy')).toBe('sandbox');
      const moved = await open(`/ports/${target.port}/moved`);
      expect([moved.status, moved.headers.get('location')]).toEqual([302, `/ports/${target.port}/elsewhere`]);
      const long = await open(`/ports/${target.port}/long`);
      expect([long.status, long.headers.get('content-length')?.trim(), long.body]).toEqual([418, '0', '']);
    });

    test.each([1000, 1001, 1011, 3000, 4999])('close code %d goes both ways', async (code) => {
      using target = echo();
      await using first = await open(`/ports/${target.port}/`);
      await first.next();
      first.send(1, Buffer.from(`close ${code}`));
      expect(await first.next()).toEqual({ opcode: 8, text: 'as asked', code });
      using other = echo();
      await using second = await open(`/ports/${other.port}/`);
      await second.next();
      second.close(code, 'bye');
      expect(await other.closed).toEqual({ code, reason: 'bye' });
    });

    test('a side that breaks off: 1011 on the other', async () => {
      using target = echo();
      const socket = await open(`/ports/${target.port}/`);
      await socket.next();
      socket.destroy();
      expect((await target.closed).code).toBe(1011);
      using breaks = rawTarget((key) => `${RawSocket.accept(key)}\r\n`, { ends: true });
      await using second = await open(`/ports/${breaks.port}/`);
      expect(await second.next()).toMatchObject({ opcode: 8, code: 1011 });
    });

    test('16 MiB in one message go through; more of a target: 1009', async () => {
      using target = echo();
      await using socket = await open(`/ports/${target.port}/`);
      await socket.next();
      const large = Buffer.alloc(16 * 1024 * 1024, 'x');
      socket.send(2, large);
      expect((await socket.next())?.text.length).toBe(large.length);
      const head = Buffer.from([0x82, 127, 0, 0, 0, 0, 1, 0, 0, 1]);
      using huge = rawTarget((key) => Buffer.concat([Buffer.from(`${RawSocket.accept(key)}\r\n`), head]));
      await using second = await open(`/ports/${huge.port}/`);
      expect(await second.next()).toMatchObject({ opcode: 8, code: 1009 });
    });

    test('only with the key in a header, for a port that it may reach', async () => {
      using target = echo();
      const looks = await addKey(rig(), ['observe', 'run']);
      const narrow = await addKey(rig(), ['ports'], { ports: '1' });
      const { ticket } = await rig().post<{ ticket: string }>('/tickets');
      const gone = echo();
      gone[Symbol.dispose]();
      const tries: readonly [string, Record<string, string>, number][] = [
        [`/ports/${target.port}/`, { 'x-api-key': 'wrong' }, 401],
        [`/ports/${target.port}/?ticket=${ticket}`, { 'x-api-key': '' }, 401],
        [`/ports/${target.port}/`, { cookie: `agent-server-port=${rig().key}`, 'x-api-key': '' }, 401],
        [`/ports/${target.port}/`, { 'x-api-key': looks.key }, 403],
        [`/ports/${target.port}/`, { 'x-api-key': narrow.key }, 403],
        [`/ports/${target.port}/`, { origin: 'http://elsewhere.example' }, 403],
        [`/ports/${target.port}/`, { origin: `http://localhost:${target.port}` }, 403],
        [`/ports/${rig().port}/terminal`, {}, 403],
        ['/ports/0/', {}, 400],
        ['/ports/x/', {}, 400],
        [`/ports/${gone.port}/`, {}, 502],
      ];
      for (const [path, headers, status] of tries) {
        const refused = await open(path, headers);
        expect([path, headers, refused.status]).toEqual([path, headers, status]);
        expect(refused.body).toStartWith('{"error":"');
      }
      expect(target.asked).toEqual([]);
    });

    test('64 at once to one port, which take nothing of what requests have: 503 beyond', async () => {
      await using stack = new AsyncDisposableStack();
      using target = echo();
      for (let left = 64; left > 0; left -= 1) {
        const socket = stack.use(await open(`/ports/${target.port}/`));
        expect(socket.status).toBe(101);
      }
      const refused = await open(`/ports/${target.port}/`);
      expect([refused.status, refused.body]).toEqual([
        503,
        '{"error":"too many requests are being passed on at once (64); try again later"}',
      ]);
      const { status } = await fetch(`${rig().url}/ports/${target.port}/refused`, {
        headers: { 'x-api-key': rig().key },
      });
      expect(status).toBe(418);
    });

    test('a key that is deleted takes its sockets with it', async () => {
      using target = echo();
      const { id, key } = await addKey(rig(), ['ports']);
      await using socket = await open(`/ports/${target.port}/`, { 'x-api-key': key });
      await socket.next();
      await rig().ask(`/keys/${id}`, { method: 'DELETE' });
      expect(await socket.next()).toMatchObject({ opcode: 8, code: 3401 });
      expect((await target.closed).code).toBe(3401);
    });

    test('a client that does not read: the target waits, and nothing is lost', async () => {
      const [frames, length] = [256, 256 * 1024];
      let taken = 0;
      // It goes on as far as its system takes it, and then waits for `drain`.
      using target = Bun.serve<{ next: number }>({
        hostname: '127.0.0.1',
        port: 0,
        fetch: (request, listener) => (listener.upgrade(request, { data: { next: 0 } }) ? undefined : new Response()),
        websocket: {
          open: (socket) => say(socket),
          drain: (socket) => say(socket),
          message() {},
        },
      });
      const say = (socket: Bun.ServerWebSocket<{ next: number }>) => {
        while (socket.data.next < frames && socket.getBufferedAmount() === 0) {
          socket.send(Buffer.alloc(length, socket.data.next));
          socket.data.next += 1;
          taken = socket.data.next;
        }
      };
      await using socket = await open(`/ports/${target.port}/`);
      socket.pause();
      await standstill('the target', () => taken);
      expect(taken).toBeLessThan(frames / 2);
      socket.resume();
      for (let number = 0; number < frames; number += 1) {
        const { opcode, text = '' } = (await socket.next()) ?? {};
        const seen = [opcode, text.length, text.charCodeAt(0), text.charCodeAt(length - 1)];
        expect(seen).toEqual([2, length, number, number]);
      }
    });

    test('a target that does not take what is sent to it: 1013', async () => {
      using target = rawTarget((key) => `${RawSocket.accept(key)}\r\n`, { reads: false });
      await using socket = await open(`/ports/${target.port}/`);
      for (let sent = 0; sent < 60; sent += 1) socket.send(2, Buffer.alloc(1024 * 1024));
      expect(await socket.next()).toMatchObject({ opcode: 8, code: 1013 });
    });
  });
}
