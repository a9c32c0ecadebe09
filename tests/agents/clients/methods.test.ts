/** Methods that few agents have, and what is passed on as it is. */
import { afterEach, beforeEach, expect, test } from 'bun:test';
import { join } from 'node:path';
import { waitFor } from '../../support/wait.ts';
import { ClientsWorld, type Client, type Json } from './world.ts';

const CAPABLE = join(import.meta.dir, '..', '..', 'fixtures', 'capable-agent.ts');

let world: ClientsWorld;
let client: Client;
beforeEach(async () => {
  world = new ClientsWorld();
  await world.start([], { argv: [process.execPath, CAPABLE] });
  client = await world.client();
});
afterEach(async () => world[Symbol.asyncDispose]());

/** What the agent was asked, by methods. */
const asked = async (): Promise<Json[]> => (await client.ask('_own/asked', {}))['result'] as Json[];

test('what the agent says of itself and of its answers reaches the client', async () => {
  const other = world.connect();
  const initialized = await other.ask('initialize', { protocolVersion: 1 });
  expect(initialized['result']).toMatchObject({
    _meta: { own: true },
    agentCapabilities: {
      loadSession: true,
      sessionCapabilities: { list: {}, fork: {}, close: {}, delete: {}, resume: {} },
    },
  });
  const made = await client.ask('session/new', { cwd: world.world.folder, mcpServers: [], _meta: { client: 1 } });
  expect(made['result']).toMatchObject({ _meta: { made: 'session/new' } });
  expect((await asked()).find(({ method }) => method === 'session/new')).toMatchObject({
    params: { _meta: { client: 1 } },
  });
  const { sessionId } = made['result'] as { readonly sessionId: string };
  expect(await client.prompt(sessionId, 'hi')).toMatchObject({
    result: { stopReason: 'end_turn', _meta: { answered: true } },
  });
  expect(client.messages.find(({ method }) => method === 'session/update')).toMatchObject({
    params: { sessionId, update: { content: { text: 'hi' } }, _meta: { beside: true } },
  });
});

test('a notification of its own reaches the client, and one of the client’s the agent', async () => {
  const sessionId = await client.open();
  await client.prompt(sessionId, 'hi');
  expect(client.messages).toContainEqual({
    jsonrpc: '2.0',
    method: '_own/note',
    params: { sessionId, text: 'a notification of its own' },
  });
  client.send({ method: '_own/hello', params: { sessionId, text: 'there' } });
  client.send({ method: '_own/hello', params: { text: 'of no session' } });
  await waitFor(
    'both to arrive',
    async () => (await asked()).filter(({ method }) => method === '_own/hello').length === 2,
  );
});

test('the agent’s list comes with what this server has on record', async () => {
  const sessionId = await client.open();
  const listed = await client.ask('session/list', {});
  expect(listed['result']).toMatchObject({
    sessions: [
      { sessionId, cwd: world.world.folder },
      { sessionId: 'older', title: 'of the agent' },
    ],
    nextCursor: 'more',
  });
  // Those on record are on the first page.
  const further = await client.ask('session/list', { cursor: 'more' });
  expect((further['result'] as { readonly sessions: unknown[] }).sessions).toHaveLength(1);
});

test('a fork is a session of its own, and the other one goes on', async () => {
  const sessionId = await client.open();
  const answer = await client.ask('session/fork', { sessionId, cwd: world.world.folder, mcpServers: [] });
  const { sessionId: fork } = answer['result'] as { readonly sessionId: string };
  expect(fork).toBe(`${sessionId}-fork1`);
  for (const [session, text] of [
    [fork, 'in the fork'],
    [sessionId, 'in the first'],
  ] as const)
    await client.prompt(session, text);
  expect(client.said()).toEqual(['in the fork', 'in the first']);
  expect(world.world.sessions.list().map(({ acpSessionId }) => acpSessionId)).toEqual([fork, sessionId]);
});

test('an agent that can close and delete sessions is asked to', async () => {
  const [first, second] = [await client.open(), await client.open()];
  await client.ask('session/close', { sessionId: first });
  await client.ask('session/delete', { sessionId: second });
  expect(
    (await asked()).filter(({ method }) => ['session/close', 'session/delete'].includes(String(method))),
  ).toMatchObject([
    { method: 'session/close', params: { sessionId: first } },
    { method: 'session/close', params: { sessionId: second } },
    { method: 'session/delete', params: { sessionId: second } },
  ]);
});

test('a question that the agent takes back is taken back from every client', async () => {
  const sessionId = await client.open();
  const other = await world.client();
  await other.ask('session/resume', { sessionId, cwd: world.world.folder });
  const turn = client.request('session/prompt', { sessionId, prompt: [{ type: 'text', text: 'ask' }] });
  const questions = [await client.asked('session/request_permission'), await other.asked('session/request_permission')];
  expect(questions[0]).toMatchObject({ params: { _meta: { asked: true } } });
  await client.ask('session/set_mode', { sessionId, modeId: 'x' });
  expect(await client.answer(turn)).toMatchObject({
    result: { _meta: { heard: { outcome: { outcome: 'cancelled' } } } },
  });
  for (const [index, one] of [client, other].entries())
    await waitFor('the word of it', () =>
      one.messages.some(
        ({ method, params }) =>
          method === '$/cancel_request' && (params as Json)['requestId'] === questions[index]?.['id'],
      ),
    );
  expect(world.world.sessions.pendingPermissions).toBe(0);
});
