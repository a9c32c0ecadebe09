/** The SDK's own clients at the doors, in Bun and in Node: what they are used for works, and their errors are told. */
import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import * as acp from '@agentclientprotocol/sdk';
import { createHttpStream } from '@agentclientprotocol/sdk/experimental/http-client';
import { FakeClock, Sandbox, waitFor } from '../../support/sandbox.ts';
import { useDoor, type Seen } from './sdk-client.ts';
import { DoorWorld, KEY } from './world.ts';

const TRANSPORTS = ['http', 'socket'] as const;

const SEEN: Omit<Seen, 'sessionId'> = {
  loadSession: true,
  updates: ['one', '{"outcome":{"outcome":"selected","optionId":"yes"}}', 'two'],
  asked: 1,
  stopReasons: ['end_turn', 'end_turn', 'end_turn'],
  unknown: { code: -32_601 },
};

const urlOf = (world: DoorWorld, transport: (typeof TRANSPORTS)[number]) =>
  transport === 'http' ? `${world.url}/acp` : `${world.socketUrl}/acp`;

describe.each(TRANSPORTS)('over %s', (transport) => {
  test('in Bun', async () => {
    // No keep-alive ever comes: Bun once held the head of the stream back until then, and the client waited for that.
    await using world = new DoorWorld({ clock: new FakeClock() });
    expect(await useDoor(transport, urlOf(world, transport), { 'X-API-Key': KEY })).toMatchObject(SEEN);
    await waitFor('the connection to end', () => world.clients.newest.state === 'ended');
    expect(world.live.count('a')).toBe(0);
  });

  test('in Node', async () => {
    await using world = new DoorWorld();
    using box = new Sandbox();
    const built = await Bun.build({
      entrypoints: [join(import.meta.dir, '../../fixtures/door-client.ts')],
      target: 'node',
      outdir: box.path,
      naming: 'client.mjs',
    });
    expect(built.success).toBe(true);
    const child = Bun.spawn(
      ['node', '--experimental-websocket', box.file('client.mjs'), transport, urlOf(world, transport), KEY],
      { stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' },
    );
    const [said, complaint] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    if (said === '') throw new Error(complaint);
    expect(JSON.parse(said)).toMatchObject(SEEN);
    expect(await child.exited).toBe(0);
    await waitFor('the connection to end', () => world.clients.newest.state === 'ended');
  });

  test('a wrong key is told', async () => {
    await using world = new DoorWorld();
    const used = await useDoor(transport, urlOf(world, transport), { 'X-API-Key': 'wrong' }).catch(
      (error: unknown) => error,
    );
    expect(String((used as { message: unknown }).message)).toContain('401');
    expect(world.exchanges.at(-1)?.status).toBe(401);
    expect(world.clients.connections).toHaveLength(0);
  });
});

describe('over HTTP', () => {
  /** A connection of the SDK's, with the errors of single requests. */
  async function connected(world: DoorWorld, use: (agent: acp.ClientContext) => Promise<void>) {
    const stream = createHttpStream(`${world.url}/acp`, { headers: { 'X-API-Key': KEY } });
    await acp.client().connectWith(stream, async (agent) => {
      await agent.request('initialize', { protocolVersion: 1, clientCapabilities: {} });
      await use(agent);
    });
  }

  test('a request that is refused fails alone, and the client shows what the body says', async () => {
    await using world = new DoorWorld();
    await connected(world, async (agent) => {
      world.clients.newest.stalled = true;
      const error = (await agent
        .request('session/new', { cwd: '/', mcpServers: [] })
        .catch((thrown: unknown) => thrown)) as {
        data: unknown;
      };
      expect(error.data).toEqual({ status: 429, body: { error: '256 messages wait for the agent to read them' } });
      world.clients.newest.stalled = false;
      expect(await agent.request('session/new', { cwd: '/', mcpServers: [] })).toMatchObject({});
    });
  });

  test('loading a session that only the agent knows opens its stream first, and works', async () => {
    await using world = new DoorWorld();
    await connected(world, async (agent) => {
      expect(await agent.request('session/load', { sessionId: 'of-the-agent', cwd: '/', mcpServers: [] })).toEqual({});
      const prompt = [{ type: 'text' as const, text: 'hi' }];
      expect(await agent.request('session/prompt', { sessionId: 'of-the-agent', prompt })).toEqual({
        stopReason: 'end_turn',
      });
    });
  });
});
