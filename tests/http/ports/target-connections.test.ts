/** Connections to a port: which are used again, what happens when one ends at the wrong time, and who holds whom back. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { liveServer } from '../../support/doors.ts';
import { BROKEN_OFF, RawClient } from '../../support/raw-client.ts';
import { RawTarget, type TargetConnection } from '../../support/raw-target.ts';
import { Rig } from '../../support/rig.ts';
import { standstill, waitFor } from '../../support/wait.ts';
import { outcome, requestTo, through, whole } from './through.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start(liveServer);
});
afterAll(() => rig[Symbol.asyncDispose]());

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const PIECE = new Uint8Array(256 * 1024).fill(120);

const countOf = (text: string, part: string) => text.split(part).length - 1;

describe('a port that closes a connection which it had kept', () => {
  test('between two requests: the next ones are answered, whatever they are', async () => {
    for (const method of ['GET', 'POST', 'PUT']) {
      using target = await RawTarget.answers(OK, 'stay');
      expect(await whole(rig, target)).toMatchObject({ status: 200 });
      const [kept] = target.connections;
      kept?.end();
      await waitFor('both ends to be closed', () => kept?.closed);
      expect(await whole(rig, target, { method, lines: ['Content-Length: 0'] })).toMatchObject({ status: 200 });
    }
  });

  const ends = ['end', 'reset'] as const;
  test.each(ends)('as the next request arrives (%s): GET is tried again, on another one', async (end) => {
    using target = await RawTarget.start((connection, nth) => {
      if (nth > 1) connection[end]();
      else connection.send(OK);
    });
    for (let round = 0; round < 3; round += 1)
      expect(await whole(rig, target)).toMatchObject({ status: 200, body: 'ok' });
    // Each GET was heard once or twice, and answered once.
    expect(countOf(target.heard, 'GET / ')).toBeLessThanOrEqual(5);
  });

  const once: readonly (readonly [string, string])[] = [
    ['POST', 'xy'],
    ['POST', ''],
    ['PATCH', ''],
    // It could be made twice, but its body is sent already.
    ['PUT', 'xy'],
  ];
  for (const end of ends)
    test.each(once)(
      `as a %s arrives with a body of "%s" (${end}): it is heard once, whatever comes of it`,
      async (method, body) => {
        using target = await RawTarget.start((connection) => {
          if (connection.heard.includes(method)) connection[end]();
          else connection.send(OK);
        });
        await whole(rig, target);
        expect(outcome(await through(rig, target, { method, lines: [`Content-Length: ${body.length}`], body }))).toBe(
          502,
        );
        for (let round = 0; round < 3; round += 1) await rig.request('/healthz');
        expect(countOf(target.heard, `${method} / `)).toBe(1);
      },
    );

  test('after the first byte of an answer: nothing is tried again', async () => {
    using target = await RawTarget.start((connection) => {
      if (countOf(target.heard, 'GET / ') === 1) return void connection.send(OK);
      connection.send('HTTP/1.1 200 OK\r\nContent-Le');
      connection.end();
    });
    await whole(rig, target);
    expect(outcome(await through(rig, target))).toBe(502);
    expect(countOf(target.heard, 'GET / ')).toBe(2);
  });

  test('each time: it is not asked for ever', async () => {
    using target = await RawTarget.start((connection) => connection.end());
    expect(outcome(await through(rig, target))).toBe(502);
    expect(countOf(target.heard, 'GET / ')).toBeLessThanOrEqual(3);
  });
});

describe('which connections are used again', () => {
  test('none for two requests at once', async () => {
    using target = await RawTarget.start(() => {});
    using first = RawClient.to(rig.port);
    using second = RawClient.to(rig.port);
    for (const client of [first, second]) client.send(requestTo(rig, target));
    await waitFor('both', () => target.connections.length === 2);
    for (const connection of target.connections) connection.send(OK);
    for (const client of [first, second]) expect(await client.answer()).toMatchObject({ status: 200 });
  });

  const last: readonly [string, string][] = [
    ['one that the port is about to close', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok'],
    ['one that says so among others', 'HTTP/1.1 200 OK\r\nConnection: X-A, Close\r\nContent-Length: 2\r\n\r\nok'],
    [
      'one that says so in a second line',
      'HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok',
    ],
    ['one of HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok'],
  ];
  test.each(last)('not %s', async (_what, answer) => {
    using target = await RawTarget.answers(answer, 'stay');
    for (let round = 1; round <= 3; round += 1) {
      expect(await whole(rig, target)).toMatchObject({ status: 200, body: 'ok' });
      expect(target.connections.map(({ requests }) => requests)).toEqual(Array<number>(round).fill(1));
    }
    await waitFor('all to be closed', () => target.open === 0);
  });

  test.each(['NTLM', 'negotiate'])(
    'not one that a client has logged in (%s): others are not that client',
    async (scheme) => {
      using target = await RawTarget.start((connection) => {
        const user = /authorization/i.test(connection.heard) ? 'her' : 'you';
        connection.send(`HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n${user}`);
      });
      const hers = await whole(rig, target, { lines: [`Authorization: ${scheme} TlRMTVNTUAADAAAA`] });
      expect([hers.body, (await whole(rig, target)).body]).toEqual(['her', 'you']);
    },
  );

  test('not one whose client left before the end of its answer', async () => {
    using target = await RawTarget.start((connection) => {
      if (target.connections.length > 1) connection.send(OK);
      else connection.send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegun');
    });
    using client = RawClient.to(rig.port);
    client.send(requestTo(rig, target));
    await waitFor('its beginning', () => client.got.includes('begun'));
    client.leave();
    await waitFor('no connection', () => target.open === 0);
    expect(await whole(rig, target)).toMatchObject({ status: 200, body: 'ok' });
  });

  test('not one whose request is not over when its answer is', async () => {
    using target = await RawTarget.answers('HTTP/1.1 413 Too much\r\nContent-Length: 2\r\n\r\nno', 'stay');
    using client = RawClient.to(rig.port);
    client.send(requestTo(rig, target, { method: 'PUT', lines: ['Content-Length: 1000000'], body: 'begun' }));
    expect(await client.answer()).toMatchObject({ status: 413, body: 'no' });
    // What would be the rest of the body is a request of its own to whoever waits for a request.
    expect(await whole(rig, target, { path: '/next' })).toMatchObject({ status: 413, body: 'no' });
    const [first, ...others] = target.connections;
    expect(first?.heard).not.toContain('/next');
    expect(others.map(({ heard }) => heard.split('\r\n', 1)[0])).toEqual(['GET /next HTTP/1.1']);
  });
});

describe('an answer that comes before the request is whole', () => {
  const early: readonly [string, (connection: TargetConnection) => void][] = [
    ['stays', () => {}],
    ['says no more, and listens', (connection) => connection.end()],
  ];
  test.each(early)('goes through at once, of a port that %s', async (_what, then) => {
    using target = await RawTarget.start((connection) => {
      connection.send('HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno');
      then(connection);
    });
    using client = RawClient.to(rig.port);
    client.send(requestTo(rig, target, { method: 'POST', lines: ['Content-Length: 1000000'], body: 'begun' }));
    expect(await client.answer()).toMatchObject({ status: 403, body: 'no' });
  });

  test('and the rest of the body still reaches a port that wants it', async () => {
    using target = await RawTarget.answers('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n', 'stay');
    using client = RawClient.to(rig.port);
    client.send(requestTo(rig, target, { method: 'POST', lines: ['Content-Length: 10'], body: 'begun' }));
    await waitFor('the answer', () => client.got.includes('ok'));
    client.send('ended');
    await waitFor('the rest', () => target.heard.endsWith('begunended'));
    for (const connection of target.connections) connection.send('0\r\n\r\n');
    expect(await client.answer()).toMatchObject({ status: 200, body: 'ok' });
  });
});

describe('who is slow holds the other back', () => {
  const TIMES = 800;

  test('a client that does not read, 200 MB of a port', async () => {
    const poured: Promise<void>[] = [];
    using target = await RawTarget.start((connection) => {
      connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${TIMES * PIECE.length}\r\n\r\n`);
      poured.push(connection.pour(PIECE, TIMES));
    });
    using client = RawClient.to(rig.port);
    client.send(requestTo(rig, target)).pause();
    const taken = await standstill('the port', () => target.connections[0]?.written ?? 0);
    expect(taken).toBeLessThan((TIMES * PIECE.length) / 4);
    client.leave();
    await Promise.all(poured);
    await waitFor('no connection', () => target.open === 0);
  });

  test('a port that does not read, 200 MB of a client', async () => {
    using target = await RawTarget.start((connection) => connection.pause());
    using client = RawClient.to(rig.port);
    client.send(requestTo(rig, target, { method: 'PUT', lines: [`Content-Length: ${TIMES * PIECE.length}`] }));
    const poured = client.pour(PIECE, TIMES);
    expect(await standstill('the client', () => client.written)).toBeLessThan((TIMES * PIECE.length) / 4);
    client.leave();
    await poured;
    for (const connection of target.connections) connection.resume();
    await waitFor('no connection', () => target.open === 0);
  });
});

test.each(['end', 'reset'] as const)(
  'a port that hangs up while it is sent to (%s): 502, and nobody waits for ever',
  async (end) => {
    using target = await RawTarget.start((connection) => connection.pause());
    using client = RawClient.to(rig.port);
    client.send(requestTo(rig, target, { method: 'PUT', lines: [`Content-Length: ${800 * PIECE.length}`] }));
    const poured = client.pour(PIECE, 800);
    await standstill('the client', () => client.written);
    for (const connection of target.connections) connection[end]();
    expect(outcome(await client.answer())).toBe(502);
    await poured;
  },
);

test('a client that hangs up while it sends ends the other side', async () => {
  using target = await RawTarget.start(() => {});
  using client = RawClient.to(rig.port);
  client.send(requestTo(rig, target, { method: 'POST', lines: ['Content-Length: 1000000'], body: 'begun' }));
  await waitFor('the beginning', () => target.heard.includes('begun'));
  client.leave();
  await waitFor('no connection', () => target.open === 0);
  expect(target.heard).toEndWith('begun');
});

test('256 at once, 64 to one port: 503 beyond, until one is over', async () => {
  await using stack = new AsyncDisposableStack();
  const targets = await Promise.all(Array.from({ length: 5 }, () => RawTarget.start(() => {})));
  for (const target of targets) stack.use(target);
  const [first, fifth] = [targets[0], targets[4]];
  if (first === undefined || fifth === undefined) throw new Error('no ports');
  const fill = async (target: RawTarget) => {
    for (let left = 64; left > 0; left -= 1) stack.use(RawClient.to(rig.port)).send(requestTo(rig, target));
    await waitFor('64 to be passed on', () => target.connections.length === 64);
  };
  await fill(first);
  const tooMany = (limit: number) => ({
    status: 503,
    body: JSON.stringify({ error: `too many requests are being passed on at once (${limit}); try again later` }),
  });
  expect(await whole(rig, first)).toMatchObject(tooMany(64));
  for (const target of targets.slice(1, 4)) await fill(target);
  expect(await whole(rig, fifth)).toMatchObject(tooMany(256));
  expect([first.connections.length, fifth.connections.length]).toEqual([64, 0]);
  first.connections[0]?.send(OK);
  const asked = stack.use(RawClient.to(rig.port));
  await waitFor('room', async () => {
    asked.send(requestTo(rig, fifth));
    await waitFor('it to be passed on, or not', () => fifth.connections.length > 0 || asked.got.endsWith('"}'));
    return fifth.connections.length > 0 || (await asked.answer()) === BROKEN_OFF;
  });
  fifth.connections[0]?.send(OK);
  expect(await asked.answer()).toMatchObject({ status: 200, body: 'ok' });
}, 60_000);
