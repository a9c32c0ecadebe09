/** Door A over HTTP: which agent a request is to, and whose it is. */
import { describe, expect, test } from 'bun:test';
import { waitFor } from '../../support/sandbox.ts';
import { EventReader } from './event-reader.ts';
import { DoorWorld, INITIALIZE, KEY, refused } from './world.ts';

describe('agents', () => {
  test('by path, query and header, of which two may not differ', async () => {
    await using world = new DoorWorld();
    const of = async (path: string, headers: Readonly<Record<string, string>> = {}) => {
      const answer = await world.ask('POST', path, { body: INITIALIZE, headers });
      await answer.body?.cancel();
      return answer.status === 200 ? world.clients.requests.at(-1)?.agent : answer.status;
    };
    expect(await of('/acp')).toBe('echo');
    expect(await of('/acp/')).toBe('echo');
    expect(await of('/acp/other')).toBe('other');
    expect(await of('/acp/%6Fther')).toBe('other');
    expect(await of('/acp?agent=other')).toBe('other');
    expect(await of('/acp', { 'acp-agent': 'other' })).toBe('other');
    expect(await of('/acp/other?agent=other', { 'acp-agent': 'other' })).toBe('other');
    expect(await of('/acp/other?agent=echo')).toBe(400);
    expect(await of('/acp/other', { 'acp-agent': 'echo' })).toBe(400);
    expect(await of('/acp?agent=echo', { 'acp-agent': 'other' })).toBe(400);
    const made = world.clients.connections.length;
    for (const path of ['/acp/none', '/acp?agent=none', '/acp?agent=', '/acp/sh%20-c%20id', '/acp/%E0%A4%A'])
      expect(await of(path)).toBe(404);
    expect(world.clients.connections).toHaveLength(made);
  });

  test('a connection is to one agent', async () => {
    await using world = new DoorWorld();
    const headers = await world.connect('/acp/other');
    const body = { jsonrpc: '2.0', method: '_own/thing' };
    expect((await world.ask('POST', '/acp/other', { body, headers })).status).toBe(202);
    expect((await world.ask('POST', '/acp', { body, headers })).status).toBe(202);
    expect(await refused(await world.ask('POST', '/acp/echo', { body, headers }))).toEqual({
      status: 400,
      error: 'the connection is one to the agent other',
    });
  });

  test('whose files they use is asked for at initialize', async () => {
    await using world = new DoorWorld();
    const of = async (path: string, headers: Readonly<Record<string, string>> = {}) => {
      const answer = await world.ask('POST', path, { body: INITIALIZE, headers });
      await answer.body?.cancel();
      return answer.status === 200 ? world.clients.requests.at(-1)?.host : answer.status;
    };
    expect(await of('/acp')).toBe('remote');
    expect(await of('/acp?host=client')).toBe('client');
    expect(await of('/acp', { 'acp-host': 'client' })).toBe('client');
    expect(await of('/acp?host=remote', { 'acp-host': 'client' })).toBe(400);
    expect(await of('/acp?host=mine')).toBe(400);
  });
});

describe('keys', () => {
  test('every method needs one, and `agents` among its scopes', async () => {
    await using world = new DoorWorld();
    for (const method of ['GET', 'POST', 'DELETE']) {
      for (const headers of [
        { 'x-api-key': '' },
        { 'x-api-key': 'wrong' },
        // Both there, and one wrong.
        { 'x-api-key': KEY, authorization: 'Bearer wrong' },
        { 'x-api-key': 'wrong', authorization: `Bearer ${KEY}` },
      ]) {
        const answer = await world.ask(method, '/acp', { headers });
        expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="agent-server"');
        expect(await refused(answer)).toEqual({ status: 401, error: 'invalid or missing API key' });
      }
      expect(await refused(await world.ask(method, '/acp', { headers: { 'x-api-key': 'narrow-key' } }))).toEqual({
        status: 403,
        error: 'this API key does not have the scope agents',
      });
      expect((await world.ask(method, '/acp', { headers: { host: 'evil.example' } })).status).toBe(403);
      expect((await world.ask(method, '/acp', { headers: { origin: 'http://evil.example' } })).status).toBe(403);
    }
    const { ticket } = (await (
      await world.ask('POST', '/tickets', { headers: { 'x-api-key': 'other-key' } })
    ).json()) as { ticket: string };
    // A ticket is for upgrades alone.
    expect((await world.ask('GET', `/acp?ticket=${ticket}`, { headers: { 'x-api-key': '' } })).status).toBe(401);
    expect(world.tickets.count).toBe(1);
  });

  test('as Bearer, in any case', async () => {
    await using world = new DoorWorld();
    for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
      const answer = await fetch(`${world.url}/acp`, { headers: { authorization: `${scheme} ${KEY}` } });
      expect(answer.status).toBe(200);
      await answer.body?.cancel();
    }
  });

  test('a connection is that of its key, and ends with it', async () => {
    await using world = new DoorWorld();
    const headers = await world.connect();
    const other = { ...headers, 'x-api-key': 'other-key' };
    const body = { jsonrpc: '2.0', method: '_own/thing' };
    expect((await world.ask('POST', '/acp', { body, headers: other })).status).toBe(404);
    expect((await world.ask('DELETE', '/acp', { headers: other })).status).toBe(404);
    using stream = await EventReader.open(`${world.url}/acp`, { 'x-api-key': KEY, ...headers });
    expect(await stream.next()).toEqual({ comment: 'open' });
    world.live.end('a');
    expect(await stream.next()).toBeUndefined();
    expect(world.clients.newest.state).toBe('ended');
    await waitFor('nothing to be kept', () => world.live.count('a') === 0);
  });
});

test('what is observed of a door: the route, the agent and the connection, nothing that a client wrote', async () => {
  await using world = new DoorWorld();
  const headers = await world.connect('/acp/other?agent=other');
  const { id } = world.clients.newest;
  await world.ask('POST', '/acp', { body: { jsonrpc: '2.0', method: '_own/thing' }, headers });
  expect(world.exchanges.map(({ route, subject, status }) => ({ at: route?.described, subject, status }))).toEqual([
    { at: '/acp/{agent}', subject: { agent: 'other', connection: id }, status: 200 },
    { at: '/acp', subject: { agent: 'other', connection: id }, status: 202 },
  ]);
});
