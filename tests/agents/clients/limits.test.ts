/** How many clients there may be, how long one is kept, and what is refused. */
import { afterEach, beforeEach, expect, test } from 'bun:test';
import { StartLimit } from '../../../src/agents/clients/start-limit.ts';
import { FakeClock } from '../../support/sandbox.ts';
import { waitFor } from '../../support/wait.ts';
import { ClientsWorld } from './world.ts';

let world: ClientsWorld;
let clock: FakeClock;
beforeEach(async () => {
  world = new ClientsWorld();
  clock = new FakeClock();
  await world.start([], { clock });
});
afterEach(async () => world[Symbol.asyncDispose]());

const MINUTE = 60_000;

test('a connection without a transport is kept for ten minutes', async () => {
  const client = await world.client();
  const { id } = client.connection;
  clock.advance(11 * MINUTE);
  expect(world.broker.find(id, 'key')).toBe(client.connection);
  client.leave();
  clock.advance(9 * MINUTE);
  client.connection.attach()[Symbol.dispose]();
  clock.advance(9 * MINUTE);
  expect(world.broker.find(id, 'key')).toBe(client.connection);
  clock.advance(2 * MINUTE);
  expect(world.broker.find(id, 'key')).toBeUndefined();
  expect(client.connection.state).toBe('ended');
  await waitFor('its agent to end', async () => (await world.processes[0]?.exited) !== undefined);
});

test('a connection that does not initialize is ended after a minute', () => {
  const client = world.connect();
  clock.advance(MINUTE + 1);
  expect(client.end).toBe('expired');
  expect(world.broker.count).toBe(0);
});

test('a connection is found with the key that opened it, and no other', async () => {
  const client = await world.client({ keyId: 'one' });
  expect(world.broker.find(client.connection.id, 'one')).toBe(client.connection);
  expect(world.broker.find(client.connection.id, 'two')).toBeUndefined();
  expect(client.connection.id).toMatch(/^[0-9a-f]{32}$/);
});

test('an agent is started so often and no more: whoever reconnects without end waits', () => {
  const limit = new StartLimit(clock);
  const taken = Array.from({ length: 1000 }, () => limit.take('one'));
  expect(taken.filter((wait) => wait === 0)).toHaveLength(32);
  expect(taken.at(-1)).toBe(2000);
  expect(limit.take('two')).toBe(0);
  clock.advance(2000);
  expect(limit.take('one')).toBe(0);
  expect(limit.take('one')).toBe(2000);
  clock.advance(MINUTE * 10);
  expect(Array.from({ length: 100 }, () => limit.take('one')).filter((wait) => wait === 0)).toHaveLength(32);
});

test('there may be so many connections, and one more when another has ended', async () => {
  await using full = new ClientsWorld();
  await full.start([], { maxConnections: 2 });
  const request = { agent: 'scripted', door: 'http', host: 'remote', outboxPerSession: true, keyId: 'k' } as const;
  const [first] = [full.connect(), full.connect()];
  expect(full.broker.connect(request)).toEqual({ ok: false, failure: { reason: 'too-many-connections', limit: 2 } });
  first?.connection.close();
  expect(full.broker.connect(request).ok).toBe(true);
});

test('32 requests may wait for their answers; the next is refused, and taken when one was answered', async () => {
  const client = await world.client();
  const sessionId = await client.open();
  const prompt = { sessionId, prompt: [{ type: 'text', text: '[[slow 600]]' }] };
  const ids = Array.from({ length: 32 }, () => client.request('session/prompt', prompt));
  const more = { jsonrpc: '2.0', id: 'more', method: 'session/list', params: {} };
  expect(client.connection.receive(more)).toEqual({ ok: false, failure: { reason: 'too-many-requests', limit: 32 } });
  client.send({ method: 'session/cancel', params: { sessionId } });
  for (const id of ids) await client.answer(id);
  expect(client.connection.receive(more).ok).toBe(true);
  expect(await client.answer('more')).toHaveProperty('result');
});

test('what is no message is refused in the words of JSON-RPC, and what comes too early', async () => {
  const client = world.connect();
  client.send({ id: 1, method: 'session/new', params: {} });
  expect(await client.answer(1)).toMatchObject({ error: { code: -32600 } });
  client.send({ id: 2 });
  client.send({ id: {}, method: 'x' });
  client.connection.reject(-32700, 'no JSON');
  await waitFor('the words', () => client.messages.length === 4);
  expect(client.messages.slice(1)).toMatchObject([
    { id: null, error: { code: -32600 } },
    { id: null, error: { code: -32600 } },
    { id: null, error: { code: -32700, message: 'no JSON' } },
  ]);
});

test('initialize twice is refused, and the connection goes on', async () => {
  const client = await world.client();
  expect(await client.ask('initialize', { protocolVersion: 1 })).toMatchObject({ error: { code: -32600 } });
  expect(await client.ask('session/list', {})).toHaveProperty('result');
  expect(world.processes).toHaveLength(1);
});

test('a server that goes down says so to every client, and takes no more', async () => {
  const client = await world.client();
  world.broker[Symbol.dispose]();
  expect(client.end).toBe('shutting-down');
  expect(
    world.broker.connect({ agent: 'scripted', door: 'http', host: 'remote', outboxPerSession: true, keyId: 'k' }),
  ).toMatchObject({ ok: false, failure: { reason: 'shutting-down' } });
});

test('agents are named by ids alone, and one that is not there is said to be', () => {
  expect(world.broker.agent(undefined)).toEqual({ ok: true, value: 'scripted' });
  for (const name of ['none', '/bin/sh -c id', 'copilot'])
    expect(world.broker.agent(name)).toMatchObject({ ok: false, failure: { reason: 'agent-unknown' } });
});
