/** Requests without end, and readers that stop. */
import { describe, expect, test } from 'bun:test';
import { FakeClock, settle, waitFor } from '../../support/sandbox.ts';
import { update } from './echo-agent.ts';
import { DoorWorld, prompt } from './world.ts';
import { got, initialized, resumed, send } from './door-sockets.ts';

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
