/** A socket in place of another one: each side sends the rest again. */
import { describe, expect, test } from 'bun:test';
import { waitFor } from '../../support/sandbox.ts';
import { update } from './echo-agent.ts';
import { DoorWorld, prompt } from './world.ts';
import { got, initialized, open, resumed, send } from './door-sockets.ts';

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
