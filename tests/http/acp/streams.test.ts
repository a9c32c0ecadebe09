/** Event streams of door A: order, positions, takeover, silence, and readers that stop. */
import { describe, expect, test } from 'bun:test';
import { FakeClock, settle, waitFor } from '../../support/sandbox.ts';
import { EventReader } from './event-reader.ts';
import { OutboxStream } from '../../../src/http/acp/outbox-stream.ts';
import { update } from './echo-agent.ts';
import { FakeClients } from './fake-clients.ts';
import { DoorWorld, KEY, prompt, refused } from './world.ts';

const textOf = (data: unknown): string =>
  (data as { params: { update: { content: { text: string } } } }).params.update.content.text;

const HTTP = { agent: 'echo', door: 'http', host: 'remote', outboxPerSession: true, keyId: 'a' } as const;

async function connected(world: DoorWorld) {
  const headers = { 'x-api-key': KEY, ...(await world.connect()) };
  const open = (more: Readonly<Record<string, string>> = {}) =>
    EventReader.open(`${world.url}/acp`, { ...headers, ...more });
  return { headers, open, connection: world.clients.newest };
}

test('a turn: what names a session goes to its stream, the answer too; what makes one to that of the connection', async () => {
  await using world = new DoorWorld();
  const { headers, open } = await connected(world);
  using whole = await open();
  await world.ask('POST', '/acp', {
    body: { jsonrpc: '2.0', id: 1, method: 'session/new', params: { cwd: '/' } },
    headers,
  });
  expect(await whole.events(1)).toEqual([
    { id: 1, data: { jsonrpc: '2.0', id: 1, result: { sessionId: 'session-1' } } },
  ]);
  const ofSession = { ...headers, 'acp-session-id': 'session-1' };
  // The stream is not open yet: it collects.
  await world.ask('POST', '/acp', { body: prompt('session-1', 'hi', 2), headers: ofSession });
  using session = await open({ 'acp-session-id': 'session-1' });
  const [said, answered] = await session.events(2);
  expect([said?.id, textOf(said?.data)]).toEqual([1, 'hi']);
  expect(answered).toEqual({ id: 2, data: { jsonrpc: '2.0', id: 2, result: { stopReason: 'end_turn' } } });
});

test('the head and a first comment come at once, though there is nothing to say', async () => {
  await using world = new DoorWorld();
  const { open } = await connected(world);
  using stream = await open();
  expect(stream.answer.headers.get('content-type')).toStartWith('text/event-stream');
  expect(await stream.next()).toEqual({ comment: 'open' });
});

test('after 15 seconds of silence comes a comment, and again', async () => {
  const clock = new FakeClock();
  await using world = new DoorWorld({ clock });
  const { open, connection } = await connected(world);
  using stream = await open();
  expect(await stream.next()).toEqual({ comment: 'open' });
  for (let round = 0; round < 2; round += 1) {
    await waitFor('it to wait', () => clock.pending === 1);
    clock.advance(14_999);
    expect(clock.pending).toBe(1);
    clock.advance(1);
    expect(clock.pending).toBe(0);
    expect(await stream.next()).toEqual({ comment: 'keepalive' });
  }
  update(connection, undefined, 'then');
  expect((await stream.events(1))[0]?.id).toBe(1);
});

test('a line end within a message is none of the stream', async () => {
  await using world = new DoorWorld();
  const { open, connection } = await connected(world);
  using stream = await open();
  connection.outbox.add('{"jsonrpc":"2.0",\r"method":"a"}');
  expect(await stream.events(1)).toEqual([{ id: 1, data: { jsonrpc: '2.0', method: 'a' } }]);
});

describe('Last-Event-ID', () => {
  test('sends everything after it again, in order, then live; without it what was not written yet', async () => {
    await using world = new DoorWorld();
    const { open, connection } = await connected(world);
    const say = (text: string) => update(connection, 's', text);
    for (const text of ['a', 'b', 'c']) say(text);
    const session = { 'acp-session-id': 's' };
    {
      using first = await open(session);
      expect((await first.events(3)).map(({ id }) => id)).toEqual([1, 2, 3]);
    }
    say('d');
    using again = await open({ ...session, 'last-event-id': '1' });
    const events = await again.events(3);
    expect(events.map(({ id, data }) => [id, textOf(data)])).toEqual([
      [2, 'b'],
      [3, 'c'],
      [4, 'd'],
    ]);
    say('e');
    expect((await again.events(1)).map(({ id, data }) => [id, textOf(data)])).toEqual([[5, 'e']]);
    using all = await open({ ...session, 'last-event-id': '0' });
    expect((await all.events(5)).map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
    say('f');
    await all.events(1);
    using fresh = await open(session);
    say('g');
    expect((await fresh.events(1)).map(({ id, data }) => [id, textOf(data)])).toEqual([[7, 'g']]);
  });

  test('what is no position is refused before the head, and takes nothing over', async () => {
    await using world = new DoorWorld();
    const { headers, open, connection } = await connected(world);
    update(connection, undefined, 'a');
    using stream = await open();
    await stream.events(1);
    const of = async (position: string) =>
      refused(
        await world.ask('GET', '/acp', {
          headers: { ...headers, accept: 'text/event-stream', 'last-event-id': position },
        }),
      );
    for (const position of ['-1', 'x', '1.5', '1e3', '', '0x1', '9'.repeat(40), '1, 2'])
      expect(await of(position)).toEqual({ status: 400, error: 'Last-Event-ID must be a whole number from 0' });
    expect(await of('2')).toEqual({ status: 400, error: 'only 1 messages were sent' });
    update(connection, undefined, 'b');
    expect((await stream.events(1))[0]?.id).toBe(2);
  });

  test('what is not kept any more is 410', async () => {
    await using world = new DoorWorld();
    const { headers, open, connection } = await connected(world);
    for (const text of ['a', 'b']) update(connection, undefined, text);
    {
      using stream = await open();
      await stream.events(2);
    }
    connection.outbox.gone = 1;
    const answer = await world.ask('GET', '/acp', {
      headers: { ...headers, accept: 'text/event-stream', 'last-event-id': '0' },
    });
    expect(await refused(answer)).toMatchObject({ status: 410 });
    using stream = await open({ 'last-event-id': '1' });
    expect((await stream.events(1))[0]?.id).toBe(2);
  });
});

test('a second GET takes the stream over, and the first one ends', async () => {
  await using world = new DoorWorld();
  const { open, connection } = await connected(world);
  using first = await open();
  expect(await first.next()).toEqual({ comment: 'open' });
  using second = await open();
  expect(await first.next()).toBeUndefined();
  update(connection, undefined, 'x');
  expect((await second.events(1))[0]?.id).toBe(1);
  expect(connection.attached).toBe(1);
});

test('a client that leaves detaches, and its stream can be taken again', async () => {
  await using world = new DoorWorld();
  const { open, connection } = await connected(world);
  {
    using stream = await open();
    await stream.next();
    expect(connection.attached).toBe(1);
  }
  await waitFor('it to be noticed', () => connection.attached === 0 && connection.outbox.idle);
  expect(connection.state).toBe('open');
  using stream = await open();
  update(connection, undefined, 'x');
  expect(await stream.events(1)).toHaveLength(1);
});

test('a session that nobody knows has a stream; too many of them are 429', async () => {
  await using world = new DoorWorld({ maxStreams: 2 });
  const { headers, open } = await connected(world);
  using first = await open({ 'acp-session-id': 'known-to-the-agent-alone' });
  using second = await open({ 'acp-session-id': 'b' });
  expect([await first.next(), await second.next()]).toEqual([{ comment: 'open' }, { comment: 'open' }]);
  const third = await world.ask('GET', '/acp', {
    headers: { ...headers, accept: 'text/event-stream', 'acp-session-id': 'c' },
  });
  expect(third.headers.get('retry-after')).toBe('1');
  expect(await refused(third)).toEqual({ status: 429, error: 'the connection has too many streams of sessions' });
  const long = await world.ask('GET', '/acp', {
    headers: { ...headers, accept: 'text/event-stream', 'acp-session-id': 'x'.repeat(1025) },
  });
  expect(await refused(long)).toMatchObject({ status: 400 });
});

describe('the agent ends', () => {
  test('what was sent before comes first, then the end', async () => {
    await using world = new DoorWorld();
    const { open, connection } = await connected(world);
    using stream = await open();
    await stream.next();
    connection.send({ jsonrpc: '2.0', id: 5, error: { code: -32_603, message: 'the agent has ended' } });
    connection.end('agent-gone');
    expect(await stream.events(1)).toMatchObject([{ data: { id: 5 } }]);
    expect(await stream.next()).toBeUndefined();
  });
});

describe('a reader that stops', () => {
  /** Reads the head of the answer and nothing more. */
  async function stopped(world: DoorWorld, id: string) {
    const closed = Promise.withResolvers<void>();
    let got = 0;
    const socket = await Bun.connect({
      hostname: '127.0.0.1',
      port: Number(new URL(world.url).port),
      socket: {
        data: (self, chunk) => {
          if (got === 0) self.pause();
          got += chunk.length;
        },
        close: () => closed.resolve(),
      },
    });
    socket.write(
      `GET /acp HTTP/1.1\r\nHost: 127.0.0.1\r\nX-API-Key: ${KEY}\r\nAccept: text/event-stream\r\nAcp-Connection-Id: ${id}\r\n\r\n`,
    );
    await waitFor('the head', () => got > 0);
    return { socket, closed: closed.promise, got: () => got };
  }

  test('has no more taken than fits, slows nobody down, and is cut off after 60 seconds', async () => {
    const clock = new FakeClock();
    await using world = new DoorWorld({ clock });
    const { connection } = await connected(world);
    const reader = await stopped(world, connection.id);
    const TEXT = 'x'.repeat(100_000);
    for (let n = 0; n < 640; n += 1) update(connection, undefined, TEXT);
    const other = await connected(world);
    using quick = await other.open();
    for (let n = 0; n < 640; n += 1) update(other.connection, undefined, TEXT);
    expect((await quick.events(640)).at(-1)?.id).toBe(640);
    const taken = connection.outbox.last;
    // What the system's own buffers hold, and little more.
    expect(taken).toBeLessThan(120);
    clock.advance(59_999);
    await settle();
    expect(connection.attached).toBe(1);
    clock.advance(1);
    await waitFor('it to be cut off', () => connection.attached === 0);
    expect([connection.state, connection.outbox.last]).toEqual(['open', taken]);
    reader.socket.resume();
    await reader.closed;
  });

  test('is not cut off while it gets on, however long a message is', async () => {
    const clock = new FakeClock();
    const connection = new FakeClients().made(HTTP);
    const stream = new OutboxStream(clock);
    const reading = connection.outbox.open(undefined, stream);
    if (!reading.ok) throw new Error('it is not read');
    update(connection, undefined, 'x'.repeat(1024 * 1024));
    const reader = stream.answer(reading.value, connection.attach(), {}).body?.getReader();
    let got = 0;
    while (got < 1024 * 1024) {
      got += (await reader?.read())?.value?.length ?? 0;
      clock.advance(59_999);
    }
    expect([got > 1024 * 1024, connection.attached]).toEqual([true, 1]);
    clock.advance(1);
    expect(connection.attached).toBe(0);
  });

  test('a message of more than 64 MiB breaks the stream', async () => {
    await using world = new DoorWorld();
    const { connection, open } = await connected(world);
    using stream = await open();
    await stream.next();
    connection.outbox.add(`"${'x'.repeat(64 * 1024 * 1024)}"`);
    expect(await stream.next().catch(() => 'broken')).toBe('broken');
    expect(connection.attached).toBe(0);
  });
});
