/** Upgrades of both doors, and their refusals. */
import { describe, expect, test } from 'bun:test';
import { waitFor } from '../../support/sandbox.ts';
import { DoorWorld, KEY } from './world.ts';
import { WITH_KEY, open } from './door-sockets.ts';

describe('an upgrade', () => {
  test('of door A names the connection in its 101, that of door B has no such header', async () => {
    await using world = new DoorWorld();
    using a = await open(world);
    expect([a.status, a.header('Acp-Connection-Id')]).toEqual([101, world.clients.newest.id]);
    expect(a.header('Set-Cookie')).toBeUndefined();
    using b = await open(world, '/acp/ws');
    expect([b.status, b.header('Acp-Connection-Id'), b.header('Sec-WebSocket-Extensions')]).toEqual([
      101,
      undefined,
      undefined,
    ]);
    expect(world.clients.requests).toEqual([
      { agent: 'echo', door: 'websocket', host: 'remote', outboxPerSession: false, keyId: 'a' },
      { agent: 'echo', door: 'acpremote', host: 'remote', outboxPerSession: false, keyId: 'a' },
    ]);
  });

  test('names agent and host as other requests do', async () => {
    await using world = new DoorWorld();
    for (const path of ['/acp/other', '/acp/other/ws', '/acp?agent=other', '/acp/ws?agent=other']) {
      using socket = await open(world, `${path}${path.includes('?') ? '&' : '?'}host=client`);
      expect(socket.status).toBe(101);
      expect(world.clients.requests.at(-1)).toMatchObject({ agent: 'other', host: 'client' });
    }
    const made = world.clients.connections.length;
    for (const [path, status] of [
      ['/acp/none', 404],
      ['/acp/none/ws', 404],
      ['/acp/ws/ws', 404],
      ['/acp/other/ws?agent=echo', 400],
      ['/acp/ws?host=mine', 400],
    ] as const) {
      using socket = await open(world, path);
      expect([path, socket.status]).toEqual([path, status]);
    }
    expect(world.clients.connections).toHaveLength(made);
  });

  test('is refused before it happens: in JSON, and on door B as acpremote does it', async () => {
    await using world = new DoorWorld();
    const of = async (path: string, headers: Readonly<Record<string, string>>) => {
      using socket = await open(world, path, headers);
      return [socket.status, socket.header('WWW-Authenticate'), socket.refusal];
    };
    const JSON_401 = '{"error":"invalid or missing API key"}';
    for (const headers of [
      {},
      { 'X-API-Key': 'wrong' },
      { Authorization: `Bearer ${KEY}`, 'X-API-Key': 'wrong' },
      { Authorization: 'Bearer wrong', 'X-API-Key': KEY },
      { Authorization: `Basic ${KEY}` },
    ]) {
      expect(await of('/acp', headers)).toEqual([401, 'Bearer realm="agent-server"', JSON_401]);
      expect(await of('/acp/ws', headers)).toEqual([
        401,
        'Bearer realm="acpremote"',
        'missing or invalid bearer token\n',
      ]);
    }
    for (const path of ['/acp', '/acp/ws', '/acp/echo/ws']) {
      expect((await of(path, { 'X-API-Key': 'narrow-key' }))[0]).toBe(403);
      expect((await of(path, { ...WITH_KEY, Origin: 'http://evil.example' }))[0]).toBe(403);
      expect((await of(path, { authorization: `bEARER ${KEY}` }))[0]).toBe(101);
    }
    expect(world.clients.connections).toHaveLength(3);
    const statuses = world.exchanges.map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    // A plain request at the path of the socket, likewise.
    const plain = await world.ask('GET', '/acp/ws');
    expect([plain.status, plain.headers.get('upgrade')]).toEqual([426, 'websocket']);
    const stranger = await world.ask('GET', '/acp/echo/ws', { headers: { 'x-api-key': '' } });
    expect([stranger.status, await stranger.text()]).toEqual([401, 'missing or invalid bearer token\n']);
  });

  test('with limits: 429, and when to try again', async () => {
    let refuse = false;
    await using world = new DoorWorld({
      maxSockets: 1,
      refuses: () => (refuse ? { reason: 'too-many-connections', limit: 64 } : undefined),
    });
    refuse = true;
    using refused = await open(world);
    expect([refused.status, refused.header('Retry-After')]).toEqual([429, '1']);
    expect(JSON.parse(refused.refusal)).toEqual({ error: '64 clients are connected' });
    refuse = false;
    using first = await open(world);
    using second = await open(world);
    expect([first.status, second.status]).toEqual([101, 429]);
  });

  test('with a ticket, once; one that is refused does not use it up', async () => {
    await using world = new DoorWorld();
    const ticket = world.tickets.issue({ keyId: 'page', scopes: new Set(['agents']) });
    const of = async (path: string) => {
      using socket = await open(world, path, {});
      return socket.status;
    };
    expect(await of(`/acp/none?ticket=${ticket}`)).toBe(404);
    expect(await of(`/acp?agent=other&host=mine&ticket=${ticket}`)).toBe(400);
    expect(await of(`/acp/ws?ticket=wrong`)).toBe(401);
    expect(await of(`/acp/ws?ticket=${ticket}`)).toBe(101);
    expect(world.clients.requests.at(-1)).toMatchObject({ keyId: 'page' });
    expect(await of(`/acp/ws?ticket=${ticket}`)).toBe(401);
    const narrow = world.tickets.issue({ keyId: 'page', scopes: new Set(['observe']) });
    expect(await of(`/acp?ticket=${narrow}`)).toBe(403);
    expect(world.tickets.count).toBe(1);
  });

  test('that is none after all leaves nothing behind', async () => {
    await using world = new DoorWorld();
    const answer = await fetch(`${world.url}/acp`, { headers: { 'x-api-key': KEY, upgrade: 'websocket' } });
    expect(answer.status).toBe(426);
    await waitFor('the connection to end', () => world.clients.newest.state === 'ended');
  });
});
