/** How sockets of both doors end, and with which code. */
import { describe, expect, test } from 'bun:test';
import { FakeClock, waitFor } from '../../support/sandbox.ts';
import { RawWebSocket } from '../../support/raw-web-socket.ts';
import { DoorWorld, INITIALIZE } from './world.ts';
import { WITH_KEY, got, initialized, open, resumed, send } from './door-sockets.ts';

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
