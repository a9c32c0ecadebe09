/** Every request of a client is answered, and room that is not used any more is given back, whatever the client does meanwhile. */
import { afterEach, beforeEach, expect, test } from 'bun:test';
import { waitFor } from '../../support/wait.ts';
import { ClientsWorld, type Client } from './world.ts';

let world: ClientsWorld;
beforeEach(() => {
  world = new ClientsWorld();
});
afterEach(async () => world[Symbol.asyncDispose]());

const prompt = (sessionId: string, text: string) => ({ sessionId, prompt: [{ type: 'text', text }] });
const loading = (sessionId: string) => ({ sessionId, cwd: world.world.folder, mcpServers: [] });
const places = (client: Client, ids: readonly (string | number)[]) =>
  ids.map((id) => client.messages.findIndex((message) => message['id'] === id && !('method' in message)));

test('a prompt whose session its client deletes is answered as cancelled', async () => {
  await world.start();
  const client = await world.client();
  const sessionId = await client.open();
  const asked = client.request('session/prompt', prompt(sessionId, '[[slow 600]]'));
  await waitFor('the turn to run', () => client.said().length > 0);
  expect(await client.ask('session/delete', { sessionId })).toHaveProperty('result');
  expect(await client.answer(asked)).toMatchObject({ result: { stopReason: 'cancelled' } });
});

test('also where its client was away while the log went with the record', async () => {
  await world.start();
  const client = await world.client();
  const sessionId = await client.open();
  const asked = client.request('session/prompt', prompt(sessionId, '[[slow 600]]'));
  await waitFor('the turn to run', () => client.said().length > 0);
  client.leave();
  const mode = client.request('session/unknown', { sessionId });
  const deleted = client.request('session/delete', { sessionId });
  await waitFor('the record to go', () => world.world.sessions.list().length === 0);
  client.read();
  for (const id of [asked, mode, deleted]) await client.answer(id);
});

test.each(['session/load', 'session/resume'])(
  'a client that was away and says %s again hears of its own turn',
  async (method) => {
    await world.start();
    const client = await world.client();
    const sessionId = await client.open();
    client.leave();
    const asked = client.request('session/prompt', prompt(sessionId, 'hello'));
    await waitFor('the turn to end', () => {
      const [record] = world.world.sessions.list();
      return record?.turns === 1 && record.state === 'idle';
    });
    const loads = [client.request(method, loading(sessionId)), client.request(method, loading(sessionId))];
    // As long as a turn takes: both are loaded by then, and nobody has read what they say.
    const other = await world.client();
    await other.prompt(await other.open(), 'x');
    client.read();
    for (const id of [asked, ...loads]) await client.answer(id);
    expect(client.said()).toContain('echo: hello');
    // No load is answered before an earlier one.
    const [first = -1, second = -1] = places(client, loads);
    expect(first).toBeLessThan(second);
  },
);

test('sessions that have ended take no room in a connection', async () => {
  await world.start();
  const client = await world.client();
  for (let count = 0; count < 70; count += 1) {
    const sessionId = await client.open();
    expect(await client.ask('session/close', { sessionId })).toMatchObject({ result: {} });
  }
});

test('nor do their streams, once nobody reads them; those that are read do', async () => {
  await world.start();
  const { connection } = await world.client({ outboxPerSession: true });
  const open = (id: number) => connection.sessionOutbox(`s${id}`)?.open(undefined, { ready() {}, ended() {} });
  const streams = Array.from({ length: 64 }, (_, id) => open(id));
  expect(open(64)).toBeUndefined();
  const [first] = streams;
  if (first?.ok !== true) throw new Error('not open');
  first.value[Symbol.dispose]();
  expect(open(64)?.ok).toBe(true);
  expect(open(65)).toBeUndefined();
});

test('a client that leaves while its agent does not answer initialize leaves no agent behind', async () => {
  await world.start(['--hang-initialize']);
  const client = world.connect();
  client.request('initialize', { protocolVersion: 1, clientCapabilities: {} });
  await waitFor('the agent to run', () => world.processes.length === 1);
  client.connection.close();
  expect(await world.processes[0]?.exited).toBeDefined();
});

test('a number that is not exact is no id: its answer would be that of another request', async () => {
  await world.start();
  const client = await world.client();
  for (const id of ['1e400', '12345678901234567890'])
    client.send(JSON.parse(`{"id":${id},"method":"session/list","params":{}}`));
  await waitFor('both to be refused', () => client.messages.filter(({ error }) => error !== undefined).length === 2);
  expect(client.messages.at(-1)).toMatchObject({ id: null, error: { code: -32_600 } });
  expect(await client.ask('session/list', {}, 1.5)).toMatchObject({ id: 1.5, result: {} });
});

test('where the agent ends while it makes a session, the client hears so before its connection ends', async () => {
  await world.start(['--hang-new']);
  const client = await world.client();
  const made = client.request('session/new', { cwd: world.world.folder, mcpServers: [] });
  await waitFor('the session to be on record', () => world.world.sessions.list().length === 1);
  await world.processes[0]?.end();
  expect(await client.answer(made)).toMatchObject({
    error: { code: -32_603, message: expect.stringContaining('ended') },
  });
  await waitFor('the connection to end', () => client.end === 'agent-gone');
});
