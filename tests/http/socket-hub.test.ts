/** A bug in one socket costs that socket: it is told to the log, and the others and the server go on. */
import { expect, test } from 'bun:test';
import { silentLog, type LogFields } from '../../src/core/log.ts';
import { LiveExchanges } from '../../src/http/live-exchanges.ts';
import { SocketHub, type SocketData } from '../../src/http/sockets/hub.ts';
import type { PreparedSocket, SocketKind } from '../../src/http/sockets/kind.ts';
import { FakeClock } from '../support/sandbox.ts';
import { waitFor } from '../support/wait.ts';

test.each(['begin', 'message'] as const)('a handler that throws in %s', async (where) => {
  const logged: (LogFields | undefined)[] = [];
  const kind: SocketKind = {
    paths: ['/fragile'],
    scopeOf: () => 'observe',
    subjectOf: () => ({}),
    refuse: () => () => {},
    prepare: () => ({
      open: (wire) => ({
        begin() {
          if (where === 'begin') throw new Error('a bug');
          wire.send('begun');
        },
        message() {
          throw new Error('a bug');
        },
        drained() {},
        goAway() {},
        closed() {},
      }),
    }),
  };
  const log = { ...silentLog, error: (_message: string, fields?: LogFields) => void logged.push(fields) };
  using hub = new SocketHub({ kinds: [kind], clock: new FakeClock(), log });
  const caller = { keyId: 'a', scopes: new Set(['admin'] as const) };
  const server = Bun.serve<SocketData>({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async (request, listener) =>
      (await hub.upgrade({ kind, request, path: '/fragile', query: new URLSearchParams(), caller }, listener)).answer,
    websocket: hub.handlers,
  });
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/fragile`);
  socket.addEventListener('message', () => socket.send('x'));
  const closed = await new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve));
  expect({ code: closed.code, reason: closed.reason }).toEqual({ code: 1011, reason: 'Internal error' });
  expect(logged).toEqual([{ path: '/fragile', detail: 'a bug' }]);
  await server.stop(true);
});

test('a frame that is longer than its kind takes closes the socket with 1009, in bytes of UTF-8', async () => {
  const heard: number[] = [];
  const kind: SocketKind = {
    paths: ['/short'],
    maxFrameBytes: 10,
    scopeOf: () => 'observe',
    subjectOf: () => ({}),
    refuse: () => () => {},
    prepare: () => ({
      open: () => ({
        begin() {},
        message: (data) => void heard.push(data.length),
        drained() {},
        goAway() {},
        closed() {},
      }),
    }),
  };
  using hub = new SocketHub({ kinds: [kind], clock: new FakeClock(), log: silentLog });
  const caller = { keyId: 'a', scopes: new Set(['admin'] as const) };
  const server = Bun.serve<SocketData>({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async (request, listener) =>
      (await hub.upgrade({ kind, request, path: '/short', query: new URLSearchParams(), caller }, listener)).answer,
    websocket: hub.handlers,
  });
  const codeAfter = async (frame: string | Uint8Array<ArrayBuffer>) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/short`);
    socket.addEventListener('open', () => {
      socket.send('0123456789');
      socket.send(frame);
    });
    const closed = await new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve));
    return closed.code;
  };
  expect([await codeAfter('01234567890'), await codeAfter('éééééé'), await codeAfter(new Uint8Array(11))]).toEqual([
    1009, 1009, 1009,
  ]);
  expect(heard).toEqual([10, 10, 10]);
  await server.stop(true);
});

const whileItIsPrepared: readonly [string, number | 'gone'][] = [
  ['the key ends', 401],
  ['the server goes down', 503],
  ['another key ends', 101],
  ['the client leaves', 'gone'],
];
test.each(whileItIsPrepared)('a socket that takes a while to prepare, and meanwhile %s', async (event, expected) => {
  const preparing = Promise.withResolvers<PreparedSocket>();
  let [opened, abandoned] = [0, 0];
  const asked: Request[] = [];
  const kind: SocketKind = {
    paths: ['/slow'],
    scopeOf: () => 'observe',
    subjectOf: () => ({}),
    refuse: ({ reason }) => new Response(reason, { status: 429 }),
    prepare({ request }) {
      asked.push(request);
      return preparing.promise;
    },
  };
  const live = new LiveExchanges();
  const hub = new SocketHub({ kinds: [kind], clock: new FakeClock(), log: silentLog, live, max: 1 });
  const caller = { keyId: 'mine', scopes: new Set(['admin'] as const) };
  const query = new URLSearchParams();
  const server = Bun.serve<SocketData>({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async (request, listener) =>
      (await hub.upgrade({ kind, request, path: '/slow', query, caller }, listener)).answer,
    websocket: hub.handlers,
  });
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  };
  const leave = new AbortController();
  const ask = () => fetch(server.url, { headers, signal: leave.signal });
  const status = ask().then(
    (answer) => answer.status,
    () => 'gone' as const,
  );
  await waitFor('the question', () => asked.length === 1);
  // It counts among those that there may be.
  expect((await ask()).status).toBe(429);
  if (event === 'the client leaves') {
    leave.abort();
    await waitFor('the server to know', () => asked[0]?.signal.aborted === true);
  } else if (event === 'the server goes down') hub[Symbol.dispose]();
  else live.end(event === 'the key ends' ? 'mine' : 'other');
  preparing.resolve({
    open: () => {
      opened += 1;
      return { begin() {}, message() {}, drained() {}, goAway() {}, closed() {} };
    },
    abandon: () => void (abandoned += 1),
  });
  expect(await status).toBe(expected);
  await waitFor('one or the other', () => opened + abandoned > 0);
  expect([opened, abandoned]).toEqual(expected === 101 ? [1, 0] : [0, 1]);
  expect(live.count('mine')).toBe(opened);
  hub[Symbol.dispose]();
  await server.stop(true);
});
