/** A socket whose other end is gone without a word, as after a laptop slept. */
import { expect, test } from 'bun:test';
import { openSocketWith } from '../../../src/cli/acp/door-socket.ts';
import { FakeClock, waitFor } from '../../support/sandbox.ts';

/** A server that takes every upgrade, and answers pings as long as it is there. */
class Peer implements Disposable {
  isThere = true;
  pings = 0;
  pongs = 0;
  readonly #listener = Bun.listen({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      data: (socket, bytes) => {
        const key = /sec-websocket-key: (\S+)/i.exec(bytes.toString())?.[1];
        if (key !== undefined) {
          const accept = new Bun.CryptoHasher('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
          socket.write(
            `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept.digest('base64')}\r\nAcp-Connection-Id: c\r\n\r\n`,
          );
        } else if (bytes[0] === 0x89) {
          this.pings += 1;
          // Its answer, and a ping of its own, whose answer shows that both were read.
          if (this.isThere) socket.write(new Uint8Array([0x8a, 0, 0x89, 0]));
        } else if (bytes[0] === 0x8a) this.pongs += 1;
      },
    },
  });

  get url(): string {
    return `ws://127.0.0.1:${this.#listener.port}`;
  }

  [Symbol.dispose](): void {
    this.#listener.stop(true);
  }
}

test('is found by pings: silence from one to the next is the end, and anything heard is none', async () => {
  using peer = new Peer();
  const clock = new FakeClock();
  const told: string[] = [];
  const opened = Promise.withResolvers<string | null>();
  const socket = openSocketWith(clock)(
    peer.url,
    {},
    {
      opened: (headers) => opened.resolve(headers.get('acp-connection-id')),
      message: (text) => void told.push(text),
      refused: (status) => void told.push(String(status)),
      closed: (code, reason) => void told.push(`${code} ${reason}`),
    },
  );
  expect(await opened.promise).toBe('c');
  for (let ping = 1; ping <= 3; ping += 1) {
    clock.advance(20_000);
    await waitFor(`ping ${ping}`, () => peer.pongs === ping);
  }
  expect(told).toEqual([]);
  expect(socket.isStale).toBe(false);
  peer.isThere = false;
  clock.advance(20_000);
  await waitFor('the last ping', () => peer.pings === 4);
  expect(told).toEqual([]);
  clock.advance(20_000);
  expect(told).toEqual(['1006 the server is silent']);
  socket.drop();
});

test('that is not read because the editor does not is not taken for gone', async () => {
  using peer = new Peer();
  peer.isThere = false;
  const clock = new FakeClock();
  const told: string[] = [];
  const opened = Promise.withResolvers<void>();
  const socket = openSocketWith(clock)(
    peer.url,
    {},
    {
      opened: () => opened.resolve(),
      message: () => {},
      refused: () => {},
      closed: (code, reason) => void told.push(`${code} ${reason}`),
    },
  );
  await opened.promise;
  socket.pause();
  for (let ping = 0; ping < 5; ping += 1) clock.advance(20_000);
  expect(told).toEqual([]);
  expect(socket.isStale).toBe(false);
  socket.resume();
  clock.advance(20_000);
  clock.advance(20_000);
  expect(told).toEqual(['1006 the server is silent']);
});

test('is stale when it was silent for long by the clock of the wall, as after a sleep', async () => {
  using peer = new Peer();
  const clock = new FakeClock();
  const opened = Promise.withResolvers<void>();
  const socket = openSocketWith(clock)(
    peer.url,
    {},
    {
      opened: () => opened.resolve(),
      message: () => {},
      refused: () => {},
      closed: () => {},
    },
  );
  await opened.promise;
  clock.advance(600_000);
  expect(socket.isStale).toBe(true);
  await waitFor('the answer to the ping', () => !socket.isStale);
  socket.drop();
});
