/** The sockets of both doors: upgrades and their refusals, the rules of messages, close codes, resume, readers that stop. */
import { describe, expect, test } from 'bun:test';
import { FakeClock, settle, waitFor } from '../../support/sandbox.ts';
import { RawWebSocket } from '../../support/raw-web-socket.ts';
import { update } from './fake-clients.ts';
import { DoorWorld, INITIALIZE, KEY, prompt } from './world.ts';

const WITH_KEY = { 'X-API-Key': KEY };

const open = (world: DoorWorld, path = '/acp', headers: Readonly<Record<string, string>> = WITH_KEY) =>
  RawWebSocket.open(`${world.socketUrl}${path}`, { headers });

const send = (socket: RawWebSocket, message: unknown) =>
  socket.sendText(typeof message === 'string' ? message : JSON.stringify(message));

/** The next messages that the socket has got, and takes them away. */
async function got(socket: RawWebSocket, count: number): Promise<unknown[]> {
  await waitFor(`${count} messages`, () => socket.texts.length >= count);
  return socket.texts.splice(0, count).map((text) => JSON.parse(text) as unknown);
}

async function initialized(world: DoorWorld, path = '/acp') {
  const socket = await open(world, path);
  send(socket, INITIALIZE);
  expect(await got(socket, 1)).toMatchObject([{ id: 0, result: { protocolVersion: 1 } }]);
  return { socket, connection: world.clients.newest, id: socket.header('Acp-Connection-Id') ?? '' };
}

const resumed = (world: DoorWorld, id: string, frames: string | undefined, path = '/acp') =>
  open(world, path, {
    ...WITH_KEY,
    'Acp-Connection-Id': id,
    ...(frames !== undefined && { 'Acp-Received-Frames': frames }),
  });

describe('an upgrade', () => {
  test('of door A names the connection in its 101, that of door B has no such header', async () => {
    await using world = new DoorWorld();
    using a = await open(world);
    expect([a.status, a.header('Acp-Connection-Id')]).toEqual([101, world.clients.newest.id]);
    expect(a.header('Set-Cookie')).toBeUndefined();
    using b = await open(world, '/acp/ws');
    expect([b.status, b.header('Acp-Connection-Id'), b.header('Sec-WebSocket-Extensions')]).toEqual([
      101,
      undefined,
      undefined,
    ]);
    expect(world.clients.requests).toEqual([
      { agent: 'echo', door: 'websocket', host: 'remote', outboxPerSession: false, keyId: 'a' },
      { agent: 'echo', door: 'acpremote', host: 'remote', outboxPerSession: false, keyId: 'a' },
    ]);
  });

  test('names agent and host as other requests do', async () => {
    await using world = new DoorWorld();
    for (const path of ['/acp/other', '/acp/other/ws', '/acp?agent=other', '/acp/ws?agent=other']) {
      using socket = await open(world, `${path}${path.includes('?') ? '&' : '?'}host=client`);
      expect(socket.status).toBe(101);
      expect(world.clients.requests.at(-1)).toMatchObject({ agent: 'other', host: 'client' });
    }
    const made = world.clients.connections.length;
    for (const [path, status] of [
      ['/acp/none', 404],
      ['/acp/none/ws', 404],
      ['/acp/ws/ws', 404],
      ['/acp/other/ws?agent=echo', 400],
      ['/acp/ws?host=mine', 400],
    ] as const) {
      using socket = await open(world, path);
      expect([path, socket.status]).toEqual([path, status]);
    }
    expect(world.clients.connections).toHaveLength(made);
  });

  test('is refused before it happens: in JSON, and on door B as acpremote does it', async () => {
    await using world = new DoorWorld();
    const of = async (path: string, headers: Readonly<Record<string, string>>) => {
      using socket = await open(world, path, headers);
      return [socket.status, socket.header('WWW-Authenticate'), socket.refusal];
    };
    const JSON_401 = '{"error":"invalid or missing API key"}';
    for (const headers of [
      {},
      { 'X-API-Key': 'wrong' },
      { Authorization: `Bearer ${KEY}`, 'X-API-Key': 'wrong' },
      { Authorization: 'Bearer wrong', 'X-API-Key': KEY },
      { Authorization: `Basic ${KEY}` },
    ]) {
      expect(await of('/acp', headers)).toEqual([401, 'Bearer realm="agent-server"', JSON_401]);
      expect(await of('/acp/ws', headers)).toEqual([
        401,
        'Bearer realm="acpremote"',
        'missing or invalid bearer token\n',
      ]);
    }
    for (const path of ['/acp', '/acp/ws', '/acp/echo/ws']) {
      expect((await of(path, { 'X-API-Key': 'narrow-key' }))[0]).toBe(403);
      expect((await of(path, { ...WITH_KEY, Origin: 'http://evil.example' }))[0]).toBe(403);
      expect((await of(path, { authorization: `bEARER ${KEY}` }))[0]).toBe(101);
    }
    expect(world.clients.connections).toHaveLength(3);
    const statuses = world.exchanges.map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    // A plain request at the path of the socket, likewise.
    const plain = await world.ask('GET', '/acp/ws');
    expect([plain.status, plain.headers.get('upgrade')]).toEqual([426, 'websocket']);
    const stranger = await world.ask('GET', '/acp/echo/ws', { headers: { 'x-api-key': '' } });
    expect([stranger.status, await stranger.text()]).toEqual([401, 'missing or invalid bearer token\n']);
  });

  test('with limits: 429, and when to try again', async () => {
    let refuse = false;
    await using world = new DoorWorld({
      maxSockets: 1,
      refuses: () => (refuse ? { reason: 'too-many-connections', limit: 64 } : undefined),
    });
    refuse = true;
    using refused = await open(world);
    expect([refused.status, refused.header('Retry-After')]).toEqual([429, '1']);
    expect(JSON.parse(refused.refusal)).toEqual({ error: '64 clients are connected' });
    refuse = false;
    using first = await open(world);
    using second = await open(world);
    expect([first.status, second.status]).toEqual([101, 429]);
  });

  test('with a ticket, once; one that is refused does not use it up', async () => {
    await using world = new DoorWorld();
    const ticket = world.tickets.issue({ keyId: 'page', scopes: new Set(['agents']) });
    const of = async (path: string) => {
      using socket = await open(world, path, {});
      return socket.status;
    };
    expect(await of(`/acp/none?ticket=${ticket}`)).toBe(404);
    expect(await of(`/acp?agent=other&host=mine&ticket=${ticket}`)).toBe(400);
    expect(await of(`/acp/ws?ticket=wrong`)).toBe(401);
    expect(await of(`/acp/ws?ticket=${ticket}`)).toBe(101);
    expect(world.clients.requests.at(-1)).toMatchObject({ keyId: 'page' });
    expect(await of(`/acp/ws?ticket=${ticket}`)).toBe(401);
    const narrow = world.tickets.issue({ keyId: 'page', scopes: new Set(['observe']) });
    expect(await of(`/acp?ticket=${narrow}`)).toBe(403);
    expect(world.tickets.count).toBe(1);
  });

  test('that is none after all leaves nothing behind', async () => {
    await using world = new DoorWorld();
    const answer = await fetch(`${world.url}/acp`, { headers: { 'x-api-key': KEY, upgrade: 'websocket' } });
    expect(answer.status).toBe(426);
    await waitFor('the connection to end', () => world.clients.newest.state === 'ended');
  });
});

describe('messages of door A', () => {
  test('the first one is initialize with an id, or the socket closes with 1002', async () => {
    await using world = new DoorWorld();
    for (const first of [
      { jsonrpc: '2.0', id: 1, method: 'session/new', params: {} },
      { jsonrpc: '2.0', method: 'initialize', params: {} },
      { jsonrpc: '2.0', id: null, method: 'initialize', params: {} },
      {},
    ]) {
      using socket = await open(world);
      send(socket, first);
      expect(await socket.closed).toEqual({ code: 1002, reason: 'the first message must be initialize with an id' });
      expect([world.clients.newest.state, world.clients.newest.heard]).toEqual(['ended', []]);
    }
  });

  test('what is no message is answered with an error, binary frames with nothing', async () => {
    await using world = new DoorWorld();
    using socket = await open(world);
    const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    for (const text of ['{', '', '[]', '7', '"x"', 'null', deep]) send(socket, text);
    socket.sendBinary(Buffer.from('{}'));
    send(socket, INITIALIZE);
    send(socket, { ...INITIALIZE, id: 'again' });
    send(socket, { jsonrpc: '2.0', id: 'x'.repeat(1025), method: 'a' });
    const errors = (await got(socket, 10)).map((message) => {
      const { id, error } = message as { id: unknown; error?: { code: number } };
      return [id, error?.code];
    });
    expect(errors).toEqual([
      [null, -32_700],
      [null, -32_700],
      [null, -32_600],
      [null, -32_600],
      [null, -32_600],
      [null, -32_600],
      [null, -32_600],
      [0, undefined],
      ['again', -32_600],
      [null, -32_600],
    ]);
    expect(world.clients.newest.heard).toHaveLength(1);
  });

  test('a frame of 16 MiB is taken, a longer one closes with 1009', async () => {
    await using world = new DoorWorld();
    const { socket, connection } = await initialized(world);
    const limit = 16 * 1024 * 1024;
    const around = JSON.stringify({ ...prompt('s', 'hold'), pad: '' }).length;
    send(socket, { ...prompt('s', 'hold'), pad: 'x'.repeat(limit - around) });
    await waitFor('it to be heard', () => connection.heard.length === 2);
    send(socket, { ...prompt('s', 'hold', 10), pad: 'x'.repeat(limit - around + 1) });
    expect((await socket.closed).code).toBe(1009);
    expect(connection.heard).toHaveLength(2);
    // The client may come back, without that message.
    expect(connection.state).toBe('open');
  });

  test('a connection that nobody initializes ends: 1008', async () => {
    await using world = new DoorWorld();
    using socket = await open(world);
    world.clients.newest.end('expired');
    expect(await socket.closed).toEqual({ code: 1008, reason: 'initialize is missing' });
  });
});

describe('messages of door B', () => {
  test('are text frames of a message each, without a first one', async () => {
    await using world = new DoorWorld();
    using socket = await open(world, '/acp/ws', { Authorization: `Bearer ${KEY}` });
    send(socket, { jsonrpc: '2.0', id: 1, method: 'session/new', params: { cwd: '/' } });
    send(socket, prompt('session-1', 'hé', 2));
    expect(await got(socket, 3)).toMatchObject([
      { id: 1, result: { sessionId: 'session-1' } },
      { method: 'session/update' },
      { id: 2, result: { stopReason: 'end_turn' } },
    ]);
    send(socket, 'no JSON');
    expect(await got(socket, 1)).toMatchObject([{ id: null, error: { code: -32_700 } }]);
  });

  test('binary closes with 1003, more than max_size with 1009, and the connection ends', async () => {
    await using world = new DoorWorld();
    using binary = await open(world, '/acp/ws');
    binary.sendBinary(Buffer.from('{}'));
    expect((await binary.closed).code).toBe(1003);
    expect(world.clients.newest.state).toBe('ended');
    using long = await open(world, '/acp/ws');
    // Counted in bytes of UTF-8.
    send(long, `"${'é'.repeat(8 * 1024 * 1024)}"`);
    expect((await long.closed).code).toBe(1009);
    expect(world.clients.newest.state).toBe('ended');
  });

  test('nobody can come back to its connection', async () => {
    await using world = new DoorWorld();
    using socket = await open(world, '/acp/ws');
    const { id } = world.clients.newest;
    using again = await resumed(world, id, '0');
    expect(again.status).toBe(404);
    socket.vanish();
    await waitFor('it to end', () => world.clients.newest.state === 'ended');
  });
});

describe('ends', () => {
  test('the agent is gone: what it owes comes first, then 1011', async () => {
    await using world = new DoorWorld();
    for (const path of ['/acp', '/acp/ws']) {
      const { socket, connection } = await initialized(world, path);
      connection.send({ jsonrpc: '2.0', id: 5, error: { code: -32_603, message: 'the agent has ended' } });
      connection.end('agent-gone');
      expect(await socket.closed).toEqual({ code: 1011, reason: 'the agent has ended' });
      expect(await got(socket, 1)).toMatchObject([{ id: 5 }]);
    }
  });

  test('the server goes down: 1001', async () => {
    await using world = new DoorWorld();
    const { socket } = await initialized(world);
    world.hub[Symbol.dispose]();
    expect((await socket.closed).code).toBe(1001);
    using late = await open(world);
    expect(late.status).toBe(503);
  });

  test('the key ends: 3401, and the connection with it', async () => {
    await using world = new DoorWorld();
    const { socket, connection, id } = await initialized(world);
    world.live.end('a');
    expect((await socket.closed).code).toBe(3401);
    expect([connection.state, connection.attached]).toEqual(['ended', 0]);
    using again = await resumed(world, id, '1');
    expect(again.status).toBe(404);
    await waitFor('nothing to be kept', () => world.live.count('a') === 0);
  });

  test.each([
    [1000, 'ended'],
    [1001, 'open'],
    [4000, 'open'],
  ] as const)('the client closes with %d: the connection is %s', async (code, state) => {
    await using world = new DoorWorld();
    const { socket, connection } = await initialized(world);
    socket.close(code);
    await waitFor('it to be noticed', () => connection.attached === 0);
    expect(connection.state).toBe(state);
  });

  test('without a code it is meant, too; whoever vanishes may come back', async () => {
    await using world = new DoorWorld();
    const meant = await initialized(world);
    meant.socket.sendFrame(8, Buffer.alloc(0));
    await waitFor('the connection to end', () => meant.connection.state === 'ended');
    const vanished = await initialized(world);
    vanished.socket.vanish();
    await waitFor('it to be noticed', () => vanished.connection.attached === 0);
    expect(vanished.connection.state).toBe('open');
  });

  test('silence: a ping after 20 seconds; gone after 60, on door B after 40', async () => {
    const clock = new FakeClock();
    await using world = new DoorWorld({ clock });
    const options = { headers: WITH_KEY, pongs: false };
    using a = await RawWebSocket.open(`${world.socketUrl}/acp`, options);
    using b = await RawWebSocket.open(`${world.socketUrl}/acp/ws`, options);
    send(a, INITIALIZE);
    send(b, INITIALIZE);
    await Promise.all([got(a, 1), got(b, 1)]);
    clock.advance(20_000);
    await waitFor('pings', () => a.pings === 1 && b.pings === 1);
    clock.advance(20_000);
    expect((await b.closed).code).toBe(1006);
    await waitFor('a ping', () => a.pings === 2);
    clock.advance(20_000);
    expect((await a.closed).code).toBe(1006);
  });
});

describe('resume', () => {
  test('each side sends the rest again: messages, a question that waits, what the server has had', async () => {
    await using world = new DoorWorld();
    const { socket, connection, id } = await initialized(world);
    send(socket, prompt('s', 'one', 1));
    send(socket, 'no JSON, and a frame all the same');
    expect(await got(socket, 3)).toMatchObject([{ method: 'session/update' }, { id: 1 }, { id: null }]);
    send(socket, prompt('s', 'ask', 2));
    await got(socket, 1);
    socket.vanish();
    await waitFor('it to be noticed', () => connection.attached === 0);
    update(connection, 's', 'meanwhile');
    using again = await resumed(world, id, '3');
    expect([again.status, again.header('Acp-Connection-Id'), again.header('Acp-Received-Frames')]).toEqual([
      101,
      id,
      '4',
    ]);
    expect(await got(again, 3)).toMatchObject([
      { id: null, error: { code: -32_700 } },
      { id: 7000, method: 'session/request_permission' },
      { method: 'session/update' },
    ]);
    send(again, { jsonrpc: '2.0', id: 7000, result: { outcome: 'yes' } });
    expect(await got(again, 2)).toMatchObject([{ method: 'session/update' }, { id: 2 }]);
    expect(connection.attached).toBe(1);
    // Without a first message.
    send(again, prompt('s', 'on', 3));
    expect(await got(again, 2)).toMatchObject([{ method: 'session/update' }, { id: 3 }]);
  });

  test('the old socket closes with 1001, and nothing that it still sends is heard', async () => {
    await using world = new DoorWorld();
    const { socket, connection, id } = await initialized(world);
    using again = await resumed(world, id, '1');
    expect(await socket.closed).toEqual({ code: 1001, reason: 'another socket goes on with this connection' });
    send(socket, prompt('s', 'late', 1));
    send(again, prompt('s', 'on', 2));
    await got(again, 2);
    expect(connection.heard).toHaveLength(2);
    await waitFor('one to be attached', () => connection.attached === 1);
    expect(connection.state).toBe('open');
  });

  test('what cannot be gone on with', async () => {
    await using world = new DoorWorld();
    const { socket, connection, id } = await initialized(world);
    const of = async (frames: string | undefined, given = id, path = '/acp') => {
      using again = await resumed(world, given, frames, path);
      return again.status;
    };
    expect(await of('1', crypto.randomUUID())).toBe(404);
    expect(await of('2')).toBe(400);
    for (const frames of ['-1', 'x', '1.5', '', undefined]) expect(await of(frames)).toBe(400);
    expect(await of('1', id, '/acp/other')).toBe(400);
    connection.outbox.gone = 1;
    expect(await of('0')).toBe(410);
    using other = await open(world, '/acp', {
      'X-API-Key': 'other-key',
      'Acp-Connection-Id': id,
      'Acp-Received-Frames': '1',
    });
    expect(other.status).toBe(404);
    const { 'acp-connection-id': http } = await world.connect();
    expect(await of('0', http)).toBe(404);
    // Over HTTP it is none either.
    const posted = await world.ask('POST', '/acp', {
      body: { jsonrpc: '2.0', method: 'a' },
      headers: { 'acp-connection-id': id },
    });
    expect(posted.status).toBe(404);
    // None of all that has taken the socket over.
    update(connection, 's', 'x');
    expect(await got(socket, 1)).toHaveLength(1);
    expect(await of('1', id, '/acp/echo')).toBe(101);
  });
});

describe('too much', () => {
  test('requests beyond the limit wait in their order; answers and cancels do not wait', async () => {
    await using world = new DoorWorld({ maxRequests: 2 });
    const { socket, connection } = await initialized(world);
    send(socket, prompt('s', 'ask', 1));
    send(socket, prompt('s', 'hold', 2));
    send(socket, prompt('s', 'three', 3));
    send(socket, { jsonrpc: '2.0', method: '_own/note' });
    send(socket, { jsonrpc: '2.0', method: 'session/cancel', params: { sessionId: 's' } });
    const heard = () => connection.heard.slice(1).map(({ id, method }) => id ?? method);
    await waitFor('the cancel', () => heard().includes('session/cancel'));
    expect(heard()).toEqual([1, 2, 'session/cancel']);
    await got(socket, 1);
    send(socket, { jsonrpc: '2.0', id: 7000, result: {} });
    // The permission answers the first prompt: a place is free, and those that wait come in their order, the cancel again.
    expect(await got(socket, 4)).toMatchObject([
      { method: 'session/update' },
      { id: 1 },
      { method: 'session/update' },
      { id: 3 },
    ]);
    expect(heard()).toEqual([1, 2, 'session/cancel', 7000, 3, '_own/note', 'session/cancel']);
  });

  test('256 wait, one more closes with 1008', async () => {
    await using world = new DoorWorld();
    const { socket, connection } = await initialized(world);
    connection.stalled = true;
    for (let n = 0; n < 256; n += 1) send(socket, { jsonrpc: '2.0', method: `_own/${n}` });
    await settle();
    connection.stalled = false;
    connection.send({ jsonrpc: '2.0', method: 'go on' });
    await waitFor('all of them', () => connection.heard.length === 257);
    expect(connection.heard.at(-1)).toMatchObject({ method: '_own/255' });
    connection.stalled = true;
    for (let n = 0; n < 257; n += 1) send(socket, { jsonrpc: '2.0', method: `_own/${n}` });
    expect(await socket.closed).toEqual({ code: 1008, reason: 'too many messages wait for the agent' });
    expect(connection.state).toBe('ended');
  });

  test('what waits outlives its socket', async () => {
    await using world = new DoorWorld({ maxRequests: 1 });
    const { socket, connection, id } = await initialized(world);
    send(socket, prompt('s', 'hold', 1));
    send(socket, prompt('s', 'two', 2));
    send(socket, 'x');
    await got(socket, 1);
    socket.vanish();
    await waitFor('it to be noticed', () => connection.attached === 0);
    using again = await resumed(world, id, '2');
    expect(again.header('Acp-Received-Frames')).toBe('4');
    connection.send({ jsonrpc: '2.0', id: 1, result: {} }, 's');
    expect(await got(again, 3)).toMatchObject([{ id: 1 }, { method: 'session/update' }, { id: 2 }]);
  });
});

describe('a reader that stops', () => {
  test('has no more than a mebibyte waiting, slows nobody down, and is closed with 1008 after 60 seconds', async () => {
    const clock = new FakeClock();
    await using world = new DoorWorld({ clock });
    const { socket, connection } = await initialized(world);
    const other = await initialized(world);
    socket.stopReading();
    const TEXT = 'x'.repeat(100_000);
    for (let n = 0; n < 640; n += 1) {
      update(connection, undefined, TEXT);
      update(other.connection, undefined, TEXT);
    }
    expect(await got(other.socket, 640)).toHaveLength(640);
    const taken = connection.outbox.last;
    expect(taken).toBeLessThan(120);
    clock.advance(59_999);
    await settle();
    expect(connection.attached).toBe(1);
    clock.advance(1);
    expect([connection.attached, connection.state]).toEqual([0, 'open']);
    socket.readAgain();
    expect(await socket.closed).toEqual({ code: 1008, reason: 'output stalled' });
  });

  test('goes on where it was when it reads again', async () => {
    await using world = new DoorWorld();
    const { socket, connection } = await initialized(world);
    socket.stopReading();
    const TEXT = 'x'.repeat(100_000);
    for (let n = 0; n < 200; n += 1) update(connection, undefined, `${n}:${TEXT}`);
    expect(connection.outbox.last).toBeLessThan(120);
    socket.readAgain();
    const messages = (await got(socket, 200)) as { params: { update: { content: { text: string } } } }[];
    expect(messages.map(({ params }) => Number.parseInt(params.update.content.text))).toEqual(
      Array.from({ length: 200 }, (_, n) => n),
    );
  });

  test('a message of 64 MiB is sent, a longer one closes with 1008', async () => {
    await using world = new DoorWorld();
    const { socket, connection } = await initialized(world);
    connection.outbox.add(`"${'x'.repeat(64 * 1024 * 1024 - 2)}"`);
    await waitFor('it', () => socket.texts.length === 1);
    expect(socket.texts[0]).toHaveLength(64 * 1024 * 1024);
    connection.outbox.add(`"${'x'.repeat(64 * 1024 * 1024 - 1)}"`);
    expect(await socket.closed).toEqual({ code: 1008, reason: 'message too long' });
  });
});
