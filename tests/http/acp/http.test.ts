/** Door A over HTTP: what each request is answered with. */
import { describe, expect, test } from 'bun:test';
import { waitFor } from '../../support/sandbox.ts';
import { EventReader } from './event-reader.ts';
import { DoorWorld, INITIALIZE, KEY, prompt, refused } from './world.ts';

describe('POST', () => {
  test('initialize is answered in its body, and the connection named in the head', async () => {
    await using world = new DoorWorld();
    const answer = await world.ask('POST', '/acp', { body: INITIALIZE });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toStartWith('application/json');
    expect(answer.headers.get('acp-connection-id')).toBe(world.clients.newest.id);
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(await answer.json()).toMatchObject({ jsonrpc: '2.0', id: 0, result: { protocolVersion: 1 } });
    expect(world.clients.requests).toEqual([
      { agent: 'echo', door: 'http', host: 'remote', outboxPerSession: true, keyId: 'a' },
    ]);
    // The id of a request may be a text, too, and comes back as it is.
    const named = await world.ask('POST', '/acp', { body: { ...INITIALIZE, id: 'seven' } });
    expect(await named.json()).toMatchObject({ id: 'seven' });
  });

  test('what is not as it must be', async () => {
    await using world = new DoorWorld();
    const connected = await world.connect();
    const of = async (body: unknown, headers: Readonly<Record<string, string>> = connected) =>
      refused(await world.ask('POST', '/acp', { body, headers }));
    expect(await of(INITIALIZE)).toEqual({ status: 400, error: 'the connection is initialized already' });
    for (const id of [undefined, null, {}])
      expect(await of({ ...INITIALIZE, id }, {})).toEqual({
        status: 400,
        error: 'initialize must have the id of a request',
      });
    expect(await of('{}', { ...connected, 'content-type': 'text/plain' })).toEqual({
      status: 415,
      error: 'the body must be JSON, with Content-Type: application/json',
    });
    expect(await of('{')).toMatchObject({ status: 400 });
    const deep = (levels: number) =>
      `{"jsonrpc":"2.0","method":"a","params":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    expect(await of(deep(1000))).toEqual({ status: 400, error: 'a message is nested at most 1000 levels deep' });
    expect(await of(deep(1_000_000))).toMatchObject({ status: 400 });
    expect(await of('7')).toEqual({ status: 400, error: 'the body must be a JSON-RPC message' });
    expect(await of('null')).toMatchObject({ status: 400 });
    expect(await of([INITIALIZE])).toEqual({
      status: 501,
      error: 'batches of JSON-RPC are not taken: send each message by itself',
    });
    expect(await of(prompt('s', 'x'), {})).toEqual({
      status: 400,
      error: 'the header Acp-Connection-Id is missing',
    });
    expect(await of(prompt('s', 'x'), { 'acp-connection-id': crypto.randomUUID() })).toEqual({
      status: 404,
      error: 'there is no connection of that Acp-Connection-Id',
    });
    // Nothing of all that has reached the agent.
    expect(world.clients.newest.heard).toHaveLength(1);
    expect(world.clients.connections).toHaveLength(1);
  });

  test('a message of 16 MiB is taken, one byte more is 413', async () => {
    await using world = new DoorWorld();
    const headers = { ...(await world.connect()), 'acp-session-id': 's' };
    const limit = 16 * 1024 * 1024;
    const around = JSON.stringify({ ...prompt('s', 'hold'), pad: '' }).length;
    const of = async (bytes: number) =>
      world.ask('POST', '/acp', { body: { ...prompt('s', 'hold'), pad: 'x'.repeat(bytes - around) }, headers });
    expect((await of(limit)).status).toBe(202);
    expect(await refused(await of(limit + 1))).toMatchObject({ status: 413 });
    expect(world.clients.newest.heard).toHaveLength(2);
  });

  test('anything else is 202 without a body', async () => {
    await using world = new DoorWorld();
    const headers = await world.connect();
    const answer = await world.ask('POST', '/acp', {
      body: { jsonrpc: '2.0', id: 1, method: 'session/list' },
      headers,
    });
    expect({ status: answer.status, body: await answer.text() }).toEqual({ status: 202, body: '' });
    expect(world.clients.newest.heard.at(-1)).toMatchObject({ method: 'session/list', id: 1 });
  });

  test('an agent that cannot start: 200 with its error, no connection, nothing kept', async () => {
    await using world = new DoorWorld({
      agent: ({ id }, connection) =>
        connection.send({ jsonrpc: '2.0', id, error: { code: -32_000, message: 'Authentication required' } }),
    });
    const answer = await world.ask('POST', '/acp', { body: INITIALIZE });
    expect(answer.status).toBe(200);
    expect(answer.headers.has('acp-connection-id')).toBe(false);
    expect(await answer.json()).toMatchObject({ id: 0, error: { code: -32_000 } });
    await waitFor('nothing of it to be kept', () => world.live.count('a') === 0);
  });

  test('a client that leaves before initialize is answered leaves no connection behind', async () => {
    await using world = new DoorWorld({ agent: () => {} });
    const abort = new AbortController();
    const asked = fetch(`${world.url}/acp`, {
      method: 'POST',
      headers: { 'x-api-key': KEY, 'content-type': 'application/json' },
      body: JSON.stringify(INITIALIZE),
      signal: abort.signal,
    }).catch(() => 'aborted');
    await waitFor('the agent to be asked', () => world.clients.connections.length === 1);
    abort.abort();
    expect(await asked).toBe('aborted');
    await waitFor('the connection to end', () => world.clients.newest.state === 'ended');
  });

  test('limits are 429 with Retry-After, one request at a time', async () => {
    let refuse = false;
    await using world = new DoorWorld({
      maxRequests: 2,
      refuses: () => (refuse ? { reason: 'too-many-starts', retryAfterSeconds: 7 } : undefined),
    });
    const headers = { ...(await world.connect()), 'acp-session-id': 's' };
    const of = async (id: number) => world.ask('POST', '/acp', { body: prompt('s', 'hold', id), headers });
    expect([(await of(1)).status, (await of(2)).status]).toEqual([202, 202]);
    const third = await of(3);
    expect(third.headers.get('retry-after')).toBe('1');
    expect(await refused(third)).toEqual({ status: 429, error: '2 requests wait for their answers' });
    world.clients.newest.send({ jsonrpc: '2.0', id: 1, result: {} }, 's');
    expect((await of(4)).status).toBe(202);
    world.clients.newest.stalled = true;
    expect((await of(5)).status).toBe(429);
    refuse = true;
    const fresh = await world.ask('POST', '/acp', { body: INITIALIZE });
    expect([fresh.status, fresh.headers.get('retry-after')]).toEqual([429, '7']);
  });
});

describe('Acp-Session-Id', () => {
  const METHODS = [
    'prompt',
    'cancel',
    'load',
    'resume',
    'close',
    'delete',
    'fork',
    'set_mode',
    'set_model',
    'set_config_option',
  ];

  test('is needed by what is of a session, and agrees with it', async () => {
    await using world = new DoorWorld();
    const connected = await world.connect();
    const of = async (body: object, session?: string) => {
      const headers = { ...connected, ...(session !== undefined && { 'acp-session-id': session }) };
      const answer = await world.ask('POST', '/acp', { body: { jsonrpc: '2.0', ...body }, headers });
      return answer.status === 202 ? 202 : (await refused(answer)).error;
    };
    for (const name of METHODS)
      expect(await of({ method: `session/${name}` })).toBe('the header Acp-Session-Id is missing');
    expect(await of({ method: '_own/thing', params: { sessionId: 's' } })).toBe('the header Acp-Session-Id is missing');
    expect(await of({ method: 'session/prompt', params: { sessionId: 's' } }, 't')).toBe(
      'Acp-Session-Id names another session than the message',
    );
    expect(await of({ method: 'session/cancel', params: { sessionId: 's' } }, 's')).toBe(202);
    expect(await of({ method: 'session/new', params: { cwd: '/' }, id: 5 })).toBe(202);
    expect(await of({ method: '_own/thing', params: {} })).toBe(202);
    expect(await of({ method: 'session/cancel', params: { sessionId: 'x'.repeat(1024) } }, 'x'.repeat(1024))).toBe(202);
    for (const body of [
      { method: 'a', id: 'x'.repeat(1025) },
      { method: 'a', params: { sessionId: 'x'.repeat(1025) } },
    ])
      expect(await of(body)).toBe('an id has at most 1024 characters');
  });

  test('is needed by the answer to a request that came on a session’s stream, and by no other', async () => {
    await using world = new DoorWorld();
    const connected = await world.connect();
    const connection = world.clients.newest;
    connection.send({ jsonrpc: '2.0', id: 1, method: 'session/request_permission', params: { sessionId: 's' } }, 's');
    connection.send({ jsonrpc: '2.0', id: 2, method: '_own/question' });
    const of = async (id: number, session?: string) => {
      const headers = { ...connected, ...(session !== undefined && { 'acp-session-id': session }) };
      return (await world.ask('POST', '/acp', { body: { jsonrpc: '2.0', id, result: {} }, headers })).status;
    };
    expect(await of(1)).toBe(400);
    expect(await of(1, 't')).toBe(400);
    expect(await of(1, 's')).toBe(202);
    expect(await of(2)).toBe(202);
    // It was answered: nothing is known of it any more, and the broker drops what comes late.
    expect(await of(1)).toBe(202);
  });
});

describe('GET', () => {
  test('which door it is for', async () => {
    await using world = new DoorWorld();
    const { 'acp-connection-id': id } = await world.connect();
    const of = async (headers: Readonly<Record<string, string>>) => {
      // Without `Accept`, as fetch would add one.
      const answer = await world.ask('GET', '/acp', { headers: { accept: '', ...headers } });
      const type = answer.headers.get('content-type')?.split(';')[0];
      const found = {
        status: answer.status,
        type,
        vary: answer.headers.get('vary'),
        cache: answer.headers.get('cache-control'),
      };
      await answer.body?.cancel();
      return found;
    };
    const both = { vary: 'Accept, Acp-Connection-Id', cache: 'no-store' };
    expect(await of({})).toEqual({ status: 200, type: 'application/json', ...both });
    expect(await of({ accept: '*/*' })).toEqual({ status: 200, type: 'application/json', ...both });
    expect(await of({ accept: 'application/json, Text/Event-Stream', 'acp-connection-id': id })).toEqual({
      status: 200,
      type: 'text/event-stream',
      ...both,
    });
    expect((await of({ accept: 'text/event-stream' })).status).toBe(400);
    expect((await of({ 'acp-connection-id': id })).status).toBe(406);
    expect((await of({ accept: '*/*', 'acp-connection-id': 'unknown' })).status).toBe(406);
    expect((await of({ accept: 'text/event-stream', 'acp-connection-id': 'unknown' })).status).toBe(404);
  });

  test('HEAD looks, and takes nothing over', async () => {
    await using world = new DoorWorld();
    const headers = { 'x-api-key': KEY, ...(await world.connect()) };
    using stream = await EventReader.open(`${world.url}/acp`, headers);
    const head = await world.ask('HEAD', '/acp', { headers: { ...headers, accept: 'text/event-stream' } });
    expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    world.clients.newest.send({ jsonrpc: '2.0', method: 'hello' });
    expect(await stream.events(1)).toEqual([{ id: 1, data: { jsonrpc: '2.0', method: 'hello' } }]);
  });
});

test('DELETE ends the connection and its streams', async () => {
  await using world = new DoorWorld();
  const headers = await world.connect();
  expect(await refused(await world.ask('DELETE', '/acp'))).toMatchObject({ status: 400 });
  expect(await refused(await world.ask('DELETE', '/acp', { headers: { 'acp-connection-id': 'x' } }))).toMatchObject({
    status: 404,
  });
  using whole = await EventReader.open(`${world.url}/acp`, { 'x-api-key': KEY, ...headers });
  using session = await EventReader.open(`${world.url}/acp`, { 'x-api-key': KEY, ...headers, 'acp-session-id': 's' });
  const ended = await world.ask('DELETE', '/acp', { headers });
  expect({ status: ended.status, body: await ended.text() }).toEqual({ status: 202, body: '' });
  for (const stream of [whole, session]) {
    expect(await stream.next()).toEqual({ comment: 'open' });
    expect(await stream.next()).toBeUndefined();
  }
  expect(await refused(await world.ask('DELETE', '/acp', { headers }))).toMatchObject({ status: 404 });
  expect(world.live.count('a')).toBe(0);
});

test('other methods are 405 with those that there are', async () => {
  await using world = new DoorWorld();
  for (const [path, allowed] of [
    ['/acp', 'DELETE, GET, POST'],
    ['/acp/echo', 'DELETE, GET, POST'],
    ['/acp/ws', 'GET'],
    ['/acp/echo/ws', 'GET'],
  ]) {
    const answer = await world.ask('PUT', path ?? '');
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allowed ?? null]);
    expect(await refused(answer)).toEqual({ status: 405, error: 'method not allowed' });
  }
});
