/** Clients of the protocol elsewhere: what they make, prompt, load and leave. */
import { afterEach, beforeEach, expect, test } from 'bun:test';
import { waitFor } from '../../support/wait.ts';
import { ClientsWorld, type Json } from './world.ts';

let world: ClientsWorld;
beforeEach(() => {
  world = new ClientsWorld();
});
afterEach(async () => world[Symbol.asyncDispose]());

test('a client initializes, opens a session, prompts, and is answered after the updates', async () => {
  await world.start();
  const client = world.connect();
  const answer = await client.ask('initialize', { protocolVersion: 1, clientCapabilities: {} });
  expect(answer['result']).toMatchObject({
    protocolVersion: 1,
    agentCapabilities: { loadSession: true, sessionCapabilities: { close: {}, list: {}, resume: {} } },
  });
  const sessionId = await client.open();
  expect(await client.prompt(sessionId, '[[updates 3]]')).toMatchObject({ result: { stopReason: 'end_turn' } });
  expect(client.said()).toEqual(['update 0 ', 'update 1 ', 'update 2 ']);
  expect(client.messages.at(-1)).toMatchObject({ result: { stopReason: 'end_turn' } });
  // It is a session like any other.
  expect(world.world.sessions.list()).toMatchObject([
    {
      acpSessionId: sessionId,
      agent: 'scripted',
      policy: 'ask',
      state: 'idle',
      attached: [{ connection: client.connection.id.slice(0, 8), door: 'websocket', client: null }],
    },
  ]);
});

test('ids of requests come back as they were, and nothing is numbered twice', async () => {
  await world.start();
  const client = await world.client();
  const sessionId = await client.open();
  for (const id of [0, '0', 'a “b”', -1, 1.5])
    expect(await client.ask('session/prompt', { sessionId, prompt: [{ type: 'text', text: 'x' }] }, id)).toMatchObject({
      id,
      result: { stopReason: 'end_turn' },
    });
  expect(client.numbers).toEqual(client.numbers.map((_, index) => index + 1));
});

test('the sessions of a client share one process, which ends with the last that uses it', async () => {
  await world.start();
  const client = await world.client();
  const [first, second] = [await client.open(), await client.open()];
  await client.prompt(first, '[[say one]]');
  await client.prompt(second, '[[say two]]');
  expect(world.processes).toHaveLength(1);
  const of = (sessionId: string) =>
    client.messages.filter(({ params }) => (params as Json)?.['sessionId'] === sessionId);
  expect(JSON.stringify(of(first))).toContain('one');
  expect(JSON.stringify(of(first))).not.toContain('two');
  let ended = false;
  void world.processes[0]?.exited.then(() => (ended = true));
  client.connection.close();
  expect(client.end).toBe('closed');
  // The sessions go on without their client.
  const other = await world.client();
  expect(await other.ask('session/load', { sessionId: first, cwd: world.world.folder, mcpServers: [] })).toHaveProperty(
    'result',
  );
  await other.prompt(first, '[[say three]]');
  expect(other.said()).toEqual(['one', 'three']);
  expect(ended).toBe(false);
  await other.ask('session/close', { sessionId: first });
  expect(ended).toBe(false);
  await world.world.sessions.find(idOf(second))?.session.close();
  await waitFor('the process to end', () => ended);
});

const idOf = (acpSessionId: string): string =>
  world.world.sessions.list().find((record) => record.acpSessionId === acpSessionId)?.id ?? '';

test('who loads a session gets all that was, then the answer, then what comes', async () => {
  await world.start();
  const [first, second] = [await world.client(), await world.client()];
  const sessionId = await first.open();
  await first.prompt(sessionId, '[[say before]]');
  const loaded = await second.ask('session/load', { sessionId, cwd: world.world.folder, mcpServers: [] });
  const at = second.messages.indexOf(loaded);
  expect(JSON.stringify(second.messages.slice(0, at))).toContain('before');
  expect(second.said('user_message_chunk')).toEqual(['[[say before]]']);
  await first.prompt(sessionId, '[[say after]]');
  await waitFor('the other to hear it', () => second.said().includes('after'));
  // What somebody else has prompted is told, too; what one has prompted is not.
  expect(second.said('user_message_chunk')).toEqual(['[[say before]]', '[[say after]]']);
  expect(first.said('user_message_chunk')).toEqual([]);
});

test('who resumes a session gets nothing of what was', async () => {
  await world.start();
  const [first, second] = [await world.client(), await world.client()];
  const sessionId = await first.open();
  await first.prompt(sessionId, '[[say before]]');
  await second.ask('session/resume', { sessionId, cwd: world.world.folder });
  await second.prompt(sessionId, '[[say after]]');
  expect(second.said()).toEqual(['after']);
});

test('a session that was closed is loaded by the agent, under its record', async () => {
  await world.start();
  const client = await world.client();
  const sessionId = await client.open();
  await client.prompt(sessionId, '[[say before]]');
  expect(await client.ask('session/close', { sessionId })).toHaveProperty('result', {});
  expect(await client.prompt(sessionId, 'x')).toHaveProperty('error');
  const before = world.world.sessions.list();
  expect(await client.ask('session/load', { sessionId, cwd: world.world.folder, mcpServers: [] })).toHaveProperty(
    'result',
  );
  expect(client.said()).toEqual(['before', 'before']);
  expect(world.world.sessions.list().map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  await client.prompt(sessionId, '[[say after]]');
  expect(client.said().at(-1)).toBe('after');
});

test('two clients that load at once ask the agent once', async () => {
  await world.start();
  const first = await world.client();
  const sessionId = await first.open();
  await first.prompt(sessionId, '[[say x]]');
  await first.ask('session/close', { sessionId });
  const clients = [await world.client(), await world.client()];
  const params = { sessionId, cwd: world.world.folder, mcpServers: [] };
  for (const answer of await Promise.all(clients.map((client) => client.ask('session/load', params))))
    expect(answer).toHaveProperty('result');
  expect(world.world.sessions.count).toBe(1);
  expect(clients.map((client) => client.said())).toEqual([['x'], ['x']]);
});

test('a folder that is not here is refused with the one that is', async () => {
  await world.start();
  const client = await world.client();
  for (const cwd of ['/no/such/folder', 'relative', 'C:\\Users\\me', undefined])
    expect(await client.ask('session/new', { cwd, mcpServers: [] })).toMatchObject({
      error: { code: -32602, data: { cwd: cwd ?? null, remoteCwd: world.world.folder } },
    });
  expect(world.world.sessions.list()).toEqual([]);
});

test('prompts of several clients queue, and cancel ends the one that runs and the client’s own', async () => {
  await world.start();
  const [first, second] = [await world.client(), await world.client()];
  const sessionId = await first.open();
  await second.ask('session/resume', { sessionId, cwd: world.world.folder });
  const prompt = (text: string) => ({ sessionId, prompt: [{ type: 'text', text }] });
  const running = first.request('session/prompt', prompt('[[slow 600]]'));
  await waitFor('it to run', () => first.said().length > 0);
  const theirs = second.request('session/prompt', prompt('[[say theirs]]'));
  const mine = first.request('session/prompt', prompt('[[say mine]]'));
  first.send({ method: 'session/cancel', params: { sessionId } });
  expect(await first.answer(running)).toMatchObject({ result: { stopReason: 'cancelled' } });
  expect(await first.answer(mine)).toMatchObject({ result: { stopReason: 'cancelled' } });
  expect(await second.answer(theirs)).toMatchObject({ result: { stopReason: 'end_turn' } });
  expect(second.said()).toContain('theirs');
  expect(second.said()).not.toContain('mine');
});

test('a request that is taken back: a prompt that waits ends, one that runs is the agent’s to end', async () => {
  await world.start();
  const client = await world.client();
  const sessionId = await client.open();
  const prompt = (text: string) => ({ sessionId, prompt: [{ type: 'text', text }] });
  const running = client.request('session/prompt', prompt('[[slow 600]]'));
  const waiting = client.request('session/prompt', prompt('[[say never]]'));
  client.send({ method: '$/cancel_request', params: { requestId: waiting } });
  expect(await client.answer(waiting)).toMatchObject({ result: { stopReason: 'cancelled' } });
  client.send({ method: 'session/cancel', params: { sessionId } });
  await client.answer(running);
  expect(client.said()).not.toContain('never');
});

test('what the agent refuses is refused in its own words, and leaves no record', async () => {
  await world.start(['--auth']);
  const client = await world.client();
  expect(await client.ask('session/new', { cwd: world.world.folder, mcpServers: [] })).toMatchObject({
    error: { code: -32000 },
  });
  expect(world.world.sessions.list()).toEqual([]);
  expect(await client.ask('authenticate', { methodId: 'scripted-login' })).toHaveProperty('result');
  // A login belongs to the process, which all sessions of the client share.
  await client.prompt(await client.open(), '[[say in]]');
  expect(client.said()).toEqual(['in']);
});

test('an agent that cannot be started is an answer, and nothing is left', async () => {
  await world.start(['--die', '5']);
  const client = world.connect();
  const answer = await client.ask('initialize', { protocolVersion: 1 });
  expect(answer).toMatchObject({ error: { code: -32603, message: expect.stringContaining('cannot start') as string } });
  expect(client.end).toBe('agent-gone');
  expect(world.broker.find(client.connection.id, 'key')).toBeUndefined();
  expect(world.broker.count).toBe(0);
});

test('an agent that dies: what was prompted is answered with an error, then the connection ends', async () => {
  await world.start();
  const client = await world.client();
  const sessionId = await client.open();
  const answers = await Promise.all([
    client.prompt(sessionId, '[[say last]] [[die 3]]'),
    client.prompt(sessionId, 'x'),
  ]);
  for (const answer of answers)
    expect(answer).toMatchObject({ error: { message: expect.stringContaining('exit code 3') as string } });
  await waitFor('the end', () => client.end);
  expect(client.end).toBe('agent-gone');
  expect(client.said()).toEqual(['last']);
});

test('a list has the sessions on record here, and only those of the folder that is asked for', async () => {
  await world.start();
  const client = await world.client();
  const [first, second] = [await client.open(), await client.open({ cwd: world.folder('other') })];
  const listed = async (params: Json) => {
    const { result } = await client.ask('session/list', params);
    return (result as { readonly sessions: Json[] }).sessions.map(({ sessionId }) => sessionId);
  };
  expect(new Set(await listed({}))).toEqual(new Set([first, second]));
  expect(await listed({ cwd: world.folder('other') })).toEqual([second]);
  await client.ask('session/delete', { sessionId: first });
  expect(await listed({})).toEqual([second]);
});

test('what a client says of itself is told with a bound', async () => {
  await world.start();
  const client = world.connect();
  const clientInfo = { name: 'n'.repeat(100_000), title: 7, version: '1', extra: 'x'.repeat(100_000) };
  await client.ask('initialize', { protocolVersion: 1, clientInfo });
  await client.open();
  expect(world.world.sessions.list()[0]?.attached?.[0]?.client).toEqual({ name: 'n'.repeat(200), version: '1' });
});

test('a client that goes while its session is made is not attached to it', async () => {
  await world.start();
  const client = await world.client();
  client.request('session/new', { cwd: world.world.folder, mcpServers: [] });
  await waitFor('the session to be made', () => world.world.sessions.list().length === 1);
  client.connection.close();
  const [record] = await waitFor('the session', () => {
    const records = world.world.sessions.list();
    return records[0]?.state === 'idle' || records[0]?.state === 'failed' ? records : undefined;
  });
  expect(record).not.toHaveProperty('attached');
});

test('a folder that is not here is refused also where the session is open already', async () => {
  await world.start();
  const [first, second] = [await world.client(), await world.client()];
  const sessionId = await first.open();
  for (const method of ['session/load', 'session/resume'])
    expect(await second.ask(method, { sessionId, cwd: '/no/such/folder', mcpServers: [] })).toMatchObject({
      error: { code: -32602 },
    });
});
