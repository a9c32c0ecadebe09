/** A key that ends takes with it what goes on under it (CVE-2026-34503): answers to come, streams, sockets, slow requests. */
import { describe, expect, test } from 'bun:test';
import Type from 'typebox';
import { Notifier } from '../../src/core/notifier.ts';
import { silentLog } from '../../src/core/log.ts';
import type { Caller } from '../../src/http/caller.ts';
import { Gateway } from '../../src/http/gateway.ts';
import { Guard } from '../../src/http/guard.ts';
import { LiveExchanges } from '../../src/http/live-exchanges.ts';
import { SocketHub, type SocketData } from '../../src/http/sockets/hub.ts';
import type { SocketKind, Wire } from '../../src/http/sockets/kind.ts';
import { Tickets } from '../../src/http/tickets/tickets.ts';
import { answer } from '../../src/http/wire/answers.ts';
import { eventStream } from '../../src/http/wire/event-stream.ts';
import { jsonBody } from '../../src/http/wire/json-body.ts';
import { jsonList } from '../../src/http/wire/json-list.ts';
import { application, resource } from '../../src/http/wire/routes.ts';
import { FakeClock, settle, waitFor } from '../support/sandbox.ts';

const ANY = answer('Anything.', Type.Unknown());
const caller = (keyId: string): Caller => ({ keyId, scopes: new Set(['admin'] as const) });

/** A gateway whose handlers wait until they are told. */
function world() {
  const live = new LiveExchanges();
  const done: string[] = [];
  const gates: (() => void)[] = [];
  const changed = new Notifier();
  let sources = 0;
  const app = application(() => {}).use(
    resource('slow')
      .get(
        '/wait',
        async () => {
          await new Promise<void>((resolve) => gates.push(resolve));
          return { waited: true };
        },
        { access: 'run', response: { 200: ANY } },
      )
      .post(
        '/do',
        ({ body: { what } }) => {
          done.push(what);
          return { done: true };
        },
        { access: 'run', ...jsonBody(Type.Object({ what: Type.String() })), response: { 200: ANY } },
      )
      .post(
        '/end-me',
        async ({ request }) => {
          await Promise.resolve();
          live.end('a', request);
          return { ended: true };
        },
        { access: 'run', parse: 'none', response: { 200: ANY } },
      )
      .get(
        '/events',
        ({ request }) => {
          sources += 1;
          const source = {
            read: (after: number) => (after === 0 ? [{ id: 1, entry: 'first' }] : []),
            changed,
            ended: false,
            [Symbol.dispose]: () => void (sources -= 1),
          };
          const render = (entry: string) => ({ event: entry, data: null });
          return eventStream({ source, after: 0, render, signal: request.signal });
        },
        { access: 'run', response: { 200: ANY } },
      )
      .get('/list', () => jsonList(Array.from({ length: 9 }), async () => ({ long: 'x'.repeat(100_000) })), {
        access: 'run',
        response: { 200: ANY },
      }),
  );
  const clock = new FakeClock();
  const gateway = new Gateway({
    app,
    guard: new Guard({ keys: { callerWith: caller }, hosts: [] }),
    hub: new SocketHub({ kinds: [], clock, log: silentLog }),
    tickets: new Tickets(clock),
    observers: [],
    live,
  });
  const ask = async (path: string, keyId: string, init: RequestInit = {}): Promise<Response> => {
    const headers = { host: 'localhost', 'x-api-key': keyId, 'content-type': 'application/json' };
    const got = await gateway.fetch(new Request(`http://localhost${path}`, { ...init, headers }));
    if (got === undefined) throw new Error('there are no sockets here');
    return got;
  };
  return { live, done, gates, ask, sources: () => sources };
}

const letGo = (gates: readonly (() => void)[]): void => {
  for (const open of gates) open();
};

describe('a request that waits for its answer', () => {
  test('gets 401 at once, those of other keys go on, and nothing is kept of any', async () => {
    const { live, gates, ask } = world();
    const ended = ask('/wait', 'a');
    const other = ask('/wait', 'b');
    await waitFor('both to wait', () => gates.length === 2);
    live.end('a');
    expect((await ended).status).toBe(401);
    letGo(gates);
    expect(await (await other).json()).toEqual({ waited: true });
    await settle();
    expect([live.count('a'), live.count('b')]).toEqual([0, 0]);
  });

  test('but for the one that has ended the key: it gets its own answer', async () => {
    const { live, gates, ask } = world();
    const waiting = ask('/wait', 'a');
    await waitFor('it to wait', () => gates.length === 1);
    expect(await (await ask('/end-me', 'a', { method: 'POST' })).json()).toEqual({ ended: true });
    expect((await waiting).status).toBe(401);
    letGo(gates);
    await settle();
    expect(live.count('a')).toBe(0);
  });

  test('one whose body is still on its way does nothing when it has arrived', async () => {
    const { live, done, ask } = world();
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const slow = ask('/do', 'a', { method: 'POST', body: readable });
    await writer.write(new TextEncoder().encode('{"what":'));
    live.end('a');
    await writer.write(new TextEncoder().encode('"harm"}'));
    await writer.close();
    expect((await slow).status).toBe(401);
    await settle();
    expect(done).toEqual([]);
    expect((await ask('/do', 'a', { method: 'POST', body: '{"what":"good"}' })).status).toBe(200);
    expect(done).toEqual(['good']);
  });
});

describe('an event stream', () => {
  test('ends at once, and lets its source go', async () => {
    const { live, ask, sources } = world();
    const ended = (await ask('/events', 'a')).body?.getReader();
    const other = (await ask('/events', 'b')).body?.getReader();
    for (const reader of [ended, other]) for (let part = 0; part < 2; part += 1) await reader?.read();
    const next = ended?.read();
    const going = other?.read();
    expect([sources(), live.count('a'), live.count('b')]).toEqual([2, 1, 1]);
    live.end('a');
    expect(await next).toEqual({ done: true, value: undefined });
    expect([sources(), live.count('a'), live.count('b')]).toEqual([1, 0, 1]);
    expect(await Promise.race([going, settle().then(() => 'goes on')])).toBe('goes on');
    // A reader that leaves by itself leaves nothing behind.
    await other?.cancel();
    expect([sources(), live.count('b')]).toEqual([0, 0]);
  });

  test('one that nobody has read from yet ends as well', async () => {
    const { live, ask, sources } = world();
    const { body } = await ask('/events', 'a');
    live.end('a');
    expect(sources()).toBe(0);
    expect(await body?.getReader().read()).toEqual({ done: true, value: undefined });
  });
});

test('a list that is being sent breaks off, since half of it must not look like all of it', async () => {
  const { live, ask } = world();
  const ended = (await ask('/list', 'a')).body?.getReader();
  const whole = await ask('/list', 'b');
  expect((await ended?.read())?.done).toBe(false);
  live.end('a');
  expect(await ended?.read().catch((error: unknown) => String(error))).toContain('the key has ended');
  expect(await whole.json()).toHaveLength(9);
  expect([live.count('a'), live.count('b')]).toEqual([0, 0]);
});

describe('a socket', () => {
  test('is closed, and nothing that its peer still sends is heard', async () => {
    const heard: string[] = [];
    const closed: string[] = [];
    const wires: Wire[] = [];
    const kind: SocketKind = {
      paths: ['/talk'],
      scopeOf: () => 'run',
      subjectOf: () => ({}),
      refuse: () => () => {},
      prepare: () => ({
        open: (wire) => ({
          begin: () => void wires.push(wire),
          message: (data) => void heard.push(String(data)),
          drained() {},
          goAway() {},
          closed: () => void closed.push('closed'),
        }),
      }),
    };
    const live = new LiveExchanges();
    using hub = new SocketHub({ kinds: [kind], clock: new FakeClock(), log: silentLog, live });
    const query = new URLSearchParams();
    const server = Bun.serve<SocketData>({
      hostname: '127.0.0.1',
      port: 0,
      fetch: async (request, listener) =>
        (await hub.upgrade({ kind, request, path: '/talk', query, caller: caller('a') }, listener)).answer,
      websocket: hub.handlers,
    });
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/talk`);
    const end = new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve));
    await waitFor('it to be open', () => wires.length === 1 && socket.readyState === WebSocket.OPEN);
    socket.send('before');
    await waitFor('what it says', () => heard.length === 1);
    expect(live.count('a')).toBe(1);
    // On their way when the key ends.
    socket.send('late');
    live.end('a');
    socket.send('later');
    const { code, reason } = await end;
    expect({ code, reason }).toEqual({ code: 3401, reason: 'API key is no longer valid' });
    expect({ heard, closed, live: live.count('a') }).toEqual({ heard: ['before'], closed: ['closed'], live: 0 });
    await server.stop(true);
  });
});

test('tickets of a key that has ended open nothing, those of others do', () => {
  const tickets = new Tickets(new FakeClock());
  const [gone, kept] = [tickets.issue(caller('a')), tickets.issue(caller('b'))];
  tickets.forget('a');
  expect(tickets.redeem(gone)).toBeUndefined();
  expect(tickets.redeem(kept)?.keyId).toBe('b');
});
