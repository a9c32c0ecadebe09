/** Machine 4: a TCP connection to a port of the machine, over a WebSocket. */
import { describe, expect, test } from 'bun:test';
import type { Door } from '../support/doors.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { RawTarget } from '../support/raw-target.ts';
import { standstill, waitFor } from '../support/wait.ts';
import { sharedRig } from './shared-rig.ts';
import { addKey } from './suite-keys.ts';

export function portTcpSuite(door: Door): void {
  describe('ports as TCP', () => {
    const rig = sharedRig(door);
    const connect = (port: number | string, { key = rig().key, query = '', answersEnd = true } = {}) =>
      new TcpClient(`${rig().url.replace('http', 'ws')}/ports/${port}/tcp${query}`, key, answersEnd);

    test('bytes go through whole and in order, and each side may end first', async () => {
      const heard: Uint8Array[] = [];
      using target = Bun.listen({
        hostname: '127.0.0.1',
        port: 0,
        allowHalfOpen: true,
        socket: {
          open: (socket) => void socket.write('220 hello\r\n'),
          data: (_socket, data) => void heard.push(Uint8Array.from(data)),
          end(socket) {
            socket.write(`got ${heard.reduce((sum, { length }) => sum + length, 0)}`);
            socket.end();
          },
        },
      });
      const client = connect(target.port);
      await client.told('open');
      // What is no text arrives as it was.
      const bytes = Uint8Array.from({ length: 300_000 }, (_, at) => at % 251);
      for (let from = 0; from < bytes.length; from += 100_000) client.send(bytes.subarray(from, from + 100_000));
      client.send('{"type":"eof"}');
      expect(await client.closed).toEqual({ code: 1000, reason: 'the connection has ended' });
      expect(client.text()).toBe('220 hello\r\ngot 300000');
      expect(Buffer.concat(heard).equals(bytes)).toBe(true);
      expect(client.controls[0]).toBe('open');
    });

    test('a port that ends first still hears', async () => {
      const heard = Promise.withResolvers<string>();
      using target = Bun.listen({
        hostname: '127.0.0.1',
        port: 0,
        allowHalfOpen: true,
        socket: {
          open(socket) {
            socket.write('bye');
            socket.shutdown();
          },
          data: (_socket, data) => heard.resolve(data.toString()),
          end: (socket) => void socket.end(),
        },
      });
      const client = connect(target.port, { answersEnd: false });
      await client.told('eof');
      client.send(new TextEncoder().encode('still here'));
      expect(await heard.promise).toBe('still here');
      client.send('{"type":"eof"}');
      expect((await client.closed).code).toBe(1000);
    });

    test('a port that resets: 1011', async () => {
      using target = await RawTarget.start((connection) => connection.reset());
      const client = connect(target.port);
      await client.told('open');
      client.send(new TextEncoder().encode('GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
      expect(await client.closed).toEqual({ code: 1011, reason: 'the connection broke' });
    });

    test('a client that does not read: the port waits', async () => {
      const [times, piece] = [400, new Uint8Array(256 * 1024)];
      using target = await RawTarget.start((connection) => connection.pour(piece, times));
      await using socket = await RawSocket.open(new URL(`/ports/${target.port}/tcp`, rig().url), {
        'x-api-key': rig().key,
      });
      socket.send(2, Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
      socket.pause();
      const written = () => target.connections[0]?.written ?? 0;
      const taken = await standstill('the port', written);
      expect(taken).toBeLessThan((times * piece.length) / 4);
    });

    test('40 MB come whole', async () => {
      const size = 40_000_000;
      using target = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response(new Uint8Array(size)) });
      const client = connect(target.port ?? 0);
      await client.told('open');
      client.send(new TextEncoder().encode('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'));
      expect((await client.closed).code).toBe(1000);
      expect(client.bytes).toBeGreaterThan(size);
    });

    test('a port that takes nothing: what is sent to it is bounded, 1013', async () => {
      using target = Bun.listen({
        hostname: '127.0.0.1',
        port: 0,
        socket: { open: (socket) => socket.pause(), data() {} },
      });
      const client = connect(target.port);
      await client.told('open');
      for (let sent = 0; sent < 40; sent += 1) client.send(new Uint8Array(1_000_000));
      expect((await client.closed).code).toBe(1013);
    });

    test('acknowledge=1: each side says what it took, and neither sends far beyond', async () => {
      const piece = new Uint8Array(256 * 1024);
      const taken = Promise.withResolvers<void>();
      using target = Bun.serve({
        hostname: '127.0.0.1',
        port: 0,
        async fetch({ body }) {
          for await (const _ of body ?? []);
          taken.resolve();
          return new Response(new Uint8Array(64 * piece.length));
        },
      });
      const client = connect(target.port ?? 0, { query: '?acknowledge=1', answersEnd: false });
      await client.told('open');
      client.send(new TextEncoder().encode(`POST / HTTP/1.0\r\nContent-Length: ${4 * piece.length}\r\n\r\n`));
      for (let sent = 0; sent < 4; sent += 1) client.send(piece);
      await taken.promise;
      await client.told('taken');
      expect(client.taken).toBeGreaterThanOrEqual(piece.length);
      expect(client.taken).toBeLessThanOrEqual(5 * piece.length);
      // The answer of 16 MiB stops at the 4 MiB that nobody has said to have taken, and goes on when somebody does.
      const window = 4 * 1024 * 1024;
      await waitFor('the window', () => client.bytes >= window);
      expect(client.bytes).toBeLessThan(window + 1024 * 1024);
      while (client.bytes < 64 * piece.length) {
        const { bytes } = client;
        client.send(JSON.stringify({ type: 'taken', bytes }));
        await waitFor('more', () => client.bytes > bytes);
      }
      for (const bytes of [-1, 1.5, 2 ** 40, 'x']) {
        const wrong = connect(target.port ?? 0, { query: '?acknowledge=1' });
        await wrong.told('open');
        wrong.send(JSON.stringify({ type: 'taken', bytes }));
        expect((await wrong.closed).code).toBe(1008);
      }
      const unasked = connect(target.port ?? 0);
      await unasked.told('open');
      unasked.send('{"type":"taken","bytes":0}');
      expect((await unasked.closed).code).toBe(1008);
    });

    test('IPv6 alone; nobody at all: 4502', async () => {
      using target = Bun.listen({
        hostname: '::1',
        port: 0,
        socket: { open: (socket) => void socket.end('six'), data() {} },
      });
      const client = connect(target.port);
      await client.closed;
      expect(client.text()).toBe('six');
      const { port } = target;
      target.stop(true);
      expect(await connect(port).closed).toEqual({ code: 4502, reason: `nothing listens on port ${port}` });
    });

    test('a client that leaves ends the connection', async () => {
      const left = Promise.withResolvers<boolean>();
      using target = Bun.listen({
        hostname: '127.0.0.1',
        port: 0,
        socket: { data() {}, close: () => left.resolve(true) },
      });
      const client = connect(target.port);
      await client.told('open');
      client.close();
      expect(await left.promise).toBe(true);
    });

    test('what is no control frame: 1008', async () => {
      using target = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } });
      for (const frame of ['x', '{}', '{"type":"open"}', 'null']) {
        const client = connect(target.port);
        await client.told('open');
        client.send(frame);
        expect((await client.closed).code).toBe(1008);
      }
    });

    test('only with a key for it, and never a port of the server', async () => {
      using target = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } });
      const looks = await addKey(rig(), ['observe', 'run']);
      const narrow = await addKey(rig(), ['ports'], { ports: '1' });
      const { ticket } = await rig().post<{ ticket: string }>('/tickets');
      expect((await connect(target.port, { key: 'wrong' }).closed).code).toBe(3401);
      expect((await connect(target.port, { key: looks.key }).closed).code).toBe(1008);
      // Refused before there is a socket.
      for (const client of [
        connect(target.port, { key: narrow.key }),
        connect(rig().port),
        connect('x'),
        connect(0),
        connect(65_536),
        connect(target.port, { query: '?acknowledge=2' }),
      ]) {
        // What Bun makes of an answer that opens none depends on what of it has come.
        expect([1002, 1006]).toContain((await client.closed).code);
        expect(client.controls).toEqual([]);
      }
      const client = connect(target.port, { key: '', query: `?ticket=${ticket}` });
      await client.told('open');
      client.close();
    });

    test('a key that is deleted takes its connections with it: 3401', async () => {
      const left = Promise.withResolvers<boolean>();
      using target = Bun.listen({
        hostname: '127.0.0.1',
        port: 0,
        socket: { data() {}, close: () => left.resolve(true) },
      });
      const { id, key } = await addKey(rig(), ['ports']);
      const client = connect(target.port, { key });
      await client.told('open');
      await rig().ask(`/keys/${id}`, { method: 'DELETE' });
      expect((await client.closed).code).toBe(3401);
      expect(await left.promise).toBe(true);
    });
  });
}

class TcpClient {
  readonly controls: string[] = [];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #socket: WebSocket;
  readonly #told = new Map<string, PromiseWithResolvers<void>>();
  #text = '';
  bytes = 0;
  /** What the port has taken, as the server says. */
  taken = 0;

  constructor(url: string, key: string, answersEnd: boolean) {
    // With headers, Bun takes one object.
    this.#socket = new WebSocket(url, { headers: key === '' ? {} : { 'x-api-key': key } } as unknown as string[]);
    this.#socket.binaryType = 'arraybuffer';
    this.closed = new Promise((resolve) => {
      this.#socket.addEventListener('close', ({ code, reason }) => resolve({ code, reason }));
    });
    this.#socket.addEventListener('message', ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (typeof data !== 'string') {
        this.bytes += data.byteLength;
        if (this.bytes < 1_000_000) this.#text += new TextDecoder().decode(data);
        return;
      }
      const { type, bytes = 0 } = JSON.parse(data) as { type: string; bytes?: number };
      this.taken = Math.max(this.taken, bytes);
      this.controls.push(type);
      this.#when(type).resolve();
      // As a program does that has nothing more to say, either.
      if (type === 'eof' && answersEnd) this.send('{"type":"eof"}');
    });
  }

  text(): string {
    return this.#text;
  }

  told(type: string): Promise<void> {
    return this.#when(type).promise;
  }

  send(frame: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(frame);
  }

  close(): void {
    this.#socket.close();
  }

  #when(type: string): PromiseWithResolvers<void> {
    const known = this.#told.get(type) ?? Promise.withResolvers<void>();
    this.#told.set(type, known);
    return known;
  }
}
