/** Door B, as acpremote's own client uses it. */
import { describe, expect, test } from 'bun:test';
import { waitFor } from '../../support/sandbox.ts';
import { VERSION } from '../../../src/version.ts';
import { AcpremoteClient, fetchMetadata } from './acpremote-client.ts';
import { update } from './echo-agent.ts';
import { DoorWorld, KEY, prompt } from './world.ts';

const METADATA = {
  transport_kind: 'websocket',
  transport_version: 1,
  package_version: VERSION,
  auth_required: true,
  supported_auth_modes: ['bearer'],
  max_size: 16_777_216,
  max_queue: 16,
  compression: null,
  health_path: '/healthz',
  metadata_path: '/acp',
  websocket_path: '/acp/ws',
  supported_agent_families: ['echo'],
  remote_cwd: '/srv/work',
};

test('a session: metadata, initialize, a prompt with an update and a permission', async () => {
  await using world = new DoorWorld();
  using client = await AcpremoteClient.connect(`${world.socketUrl}/acp/ws`, KEY);
  expect([client.socket.status, client.metadata]).toEqual([101, METADATA]);
  client.send({ id: 0, method: 'initialize', params: { protocolVersion: 1 } });
  expect(await client.answer(0)).toMatchObject({ result: { protocolVersion: 1 } });
  client.send({ id: 1, method: 'session/new', params: { cwd: client.metadata?.['remote_cwd'], mcpServers: [] } });
  expect(await client.answer(1)).toMatchObject({ result: { sessionId: 'session-1' } });
  client.send(prompt('session-1', 'line one\nline two', 2));
  expect(await client.answer(2)).toMatchObject({ result: { stopReason: 'end_turn' } });
  expect(client.messages().find(({ method }) => method === 'session/update')).toMatchObject({
    params: { update: { content: { text: 'line one\nline two' } } },
  });
  client.send(prompt('session-1', 'ask', 3));
  const { id } = await waitFor('the question', () =>
    client.messages().find(({ method }) => method === 'session/request_permission'),
  );
  client.send({ id, result: { outcome: { outcome: 'cancelled' } } });
  expect(await client.answer(3)).toMatchObject({ result: { stopReason: 'end_turn' } });
});

describe('the metadata', () => {
  test('of a named agent has its paths, however it is named', async () => {
    await using world = new DoorWorld();
    const named = {
      ...METADATA,
      metadata_path: '/acp/other',
      websocket_path: '/acp/other/ws',
      supported_agent_families: ['other'],
    };
    expect(await fetchMetadata(`${world.socketUrl}/acp/other/ws?agent=other&token=x`, KEY)).toEqual(named);
    // Its clients would drop the query, so the path that they are told has the agent in it.
    expect(await (await world.ask('GET', '/acp?agent=other')).json()).toEqual(named);
    expect(await (await world.ask('GET', '/acp', { headers: { 'acp-agent': 'other' } })).json()).toEqual(named);
    expect(await fetchMetadata(`${world.socketUrl}/acp/none/ws`, KEY)).toBeUndefined();
    expect((await world.ask('GET', '/acp/none')).status).toBe(404);
  });

  test('names a path, so it needs the key', async () => {
    await using world = new DoorWorld();
    expect(await fetchMetadata(`${world.socketUrl}/acp/ws`, 'wrong')).toBeUndefined();
    expect((await world.ask('GET', '/acp', { headers: { 'x-api-key': '' } })).status).toBe(401);
    expect(world.clients.connections).toHaveLength(0);
  });
});

test('a wrong token is refused before the upgrade', async () => {
  await using world = new DoorWorld();
  using client = await AcpremoteClient.connect(`${world.socketUrl}/acp/ws`, 'wrong');
  expect([client.socket.status, client.socket.refusal]).toEqual([401, 'missing or invalid bearer token\n']);
});

test('a client that takes no such long frame closes with 1009, and its connection ends', async () => {
  await using world = new DoorWorld();
  using client = await AcpremoteClient.connect(`${world.socketUrl}/acp/ws`, KEY);
  update(world.clients.newest, undefined, 'x'.repeat(1024 * 1024));
  await waitFor('the frame', () => client.socket.texts.length === 1);
  client.socket.close(1009);
  await waitFor('the connection to end', () => world.clients.newest.state === 'ended');
});
