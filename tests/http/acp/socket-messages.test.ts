/** The rules of messages on the sockets of both doors. */
import { describe, expect, test } from 'bun:test';
import { waitFor } from '../../support/sandbox.ts';
import { DoorWorld, INITIALIZE, KEY, prompt } from './world.ts';
import { got, initialized, open, resumed, send } from './door-sockets.ts';

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
