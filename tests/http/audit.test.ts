/** The audit log over the API: what has an entry, what is in it, and what never gets there. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { AuditEntry } from '../../src/protocol/audit.ts';
import { inProcess, liveServer } from '../support/doors.ts';
import { Rig, type Ask } from '../support/rig.ts';
import { TerminalClient } from '../support/terminal-client.ts';

const entries = (rig: Rig, query = ''): Promise<AuditEntry[]> => rig.get<AuditEntry[]>(`/audit${query}`);
/** The log as it is on the disk, once everything is written. */
async function onDisk(rig: Rig): Promise<string> {
  await entries(rig, '?after=0');
  const folder = join(rig.place.data, 'audit');
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('');
}

describe('what has an entry', () => {
  test('whatever changes something: who, what and how it was answered, newest last', async () => {
    await using rig = await Rig.start(inProcess);
    const job = await rig.exec(rig.commands.hang(rig.marker()));
    await rig.running(job);
    await rig.post(`/jobs/${job}/cancel`);
    await rig.finished(job);
    const { id: terminal } = await rig.post<{ id: string }>('/terminals', { shell: 'sh' });
    await rig.ask(`/terminals/${terminal}`, { method: 'DELETE' });
    await rig.ask('/sessions/no%20such', { method: 'DELETE' });
    await rig.ask('/exec', { json: {} });
    const found = await entries(rig);
    expect(found.map(({ method, route, what, status }) => [method, route, what, status])).toEqual([
      ['POST', '/exec', { job, mode: 'shell' }, 202],
      ['POST', '/jobs/{id}/cancel', { id: job }, 200],
      ['POST', '/terminals', { terminal }, 201],
      ['DELETE', '/terminals/{id}', { id: terminal }, 200],
      ['DELETE', '/sessions/{key}', {}, 404],
      ['POST', '/exec', {}, 400],
    ]);
    expect(found.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(new Set(found.map(({ key, peer }) => `${key} ${peer}`))).toEqual(new Set(['default null']));
    expect(found.every(({ time }) => Math.abs(time - Date.now() / 1000) < 60)).toBe(true);
  });

  test('what only looks has none, unless it was refused for its key; reading the log has one, reading on in it none', async () => {
    await using rig = await Rig.start(inProcess);
    for (const path of ['/jobs', '/health', '/healthz', '/metrics', '/openapi.json', '/jobs/nothing', '/'])
      await rig.request(path);
    await rig.request('/jobs', { method: 'HEAD' });
    expect(await entries(rig)).toEqual([]);
    await rig.ask('/jobs/secret-id', { key: 'wrong' });
    await rig.ask('/jobs', { key: null, headers: { origin: 'http://evil.example' } });
    await rig.ask('/what-is-this');
    const found = await entries(rig, '?after=0');
    expect(found).toMatchObject([
      { key: 'default', method: 'GET', route: '/audit', status: 200 },
      { key: null, method: 'GET', route: '/jobs/{id}', what: {}, status: 401 },
      { key: null, method: 'GET', route: '/jobs', status: 403 },
      { key: 'default', method: 'GET', route: null, what: {}, status: 404 },
    ]);
    expect(await entries(rig, '?after=4')).toEqual([]);
  });

  test('a key that was made, by its id, and a key that lacks the scope by its own', async () => {
    await using rig = await Rig.start(inProcess);
    const made = await rig.post<{ id: string; key: string }>('/keys', { name: 'reader', scopes: ['observe'] });
    await rig.ask('/audit', { key: made.key });
    await rig.ask('/exec', { key: made.key, json: { command: ':' } });
    expect((await rig.request('/metrics', { key: made.key })).status).toBe(200);
    expect(await entries(rig)).toMatchObject([
      { key: 'default', method: 'POST', route: '/keys', what: { key: made.id }, status: 201 },
      { key: made.id, method: 'GET', route: '/audit', status: 403 },
      { key: made.id, method: 'POST', route: '/exec', what: {}, status: 403 },
    ]);
    expect(await onDisk(rig)).not.toContain(made.key);
  });

  test('what the path names, where it has the shape of an id or there is such a thing', async () => {
    await using rig = await Rig.start(inProcess);
    const { id: terminal } = await rig.post<{ id: string }>('/terminals', { shell: 'sh', name: 'my-build' });
    await rig.post('/terminals/my-build/input', { data: 'x' });
    await rig.ask('/terminals/my-build/input', { json: { data: 1 } });
    await rig.ask('/keys/default', { method: 'DELETE' });
    await rig.ask('/keys/nothing', { method: 'DELETE' });
    await rig.ask('/jobs/0123456789ab/cancel', { method: 'POST' });
    expect((await entries(rig)).map(({ what, status }) => [what, status])).toEqual([
      [{ terminal }, 201],
      [{ id: 'my-build' }, 200],
      [{}, 400],
      [{ id: 'default' }, 409],
      [{}, 404],
      [{ id: '0123456789ab' }, 404],
    ]);
  });

  test('sockets, with the address of the peer', async () => {
    await using rig = await Rig.start(liveServer);
    const { id } = await rig.post<{ id: string }>('/terminals', { shell: 'sh', name: 'my-build' });
    const url = `${rig.url.replace('http', 'ws')}/terminal?attach=my-build`;
    for (const attach of [url, url.replace('my-build', 'a-secret')]) {
      using client = await TerminalClient.open(attach, { headers: { 'x-api-key': rig.key } });
      client.close();
      await client.closed;
    }
    using refused = await TerminalClient.open(url, { headers: { 'x-api-key': 'wrong' } });
    await refused.closed;
    expect(await entries(rig)).toMatchObject([
      { key: 'default', peer: '127.0.0.1', route: '/terminals', status: 201 },
      { key: 'default', peer: '127.0.0.1', method: 'GET', route: '/terminal', what: { terminal: id }, status: 101 },
      { key: 'default', route: '/terminal', what: {}, status: 101 },
      { key: null, peer: '127.0.0.1', method: 'GET', route: '/terminal', what: {}, status: 401 },
    ]);
  });
});

describe('reading it', () => {
  test('by pages, and waiting for more', async () => {
    await using rig = await Rig.start(inProcess);
    for (let count = 0; count < 5; count += 1) await rig.ask('/exec', { json: {} });
    const seqs = async (query: string) => (await entries(rig, query)).map(({ seq }) => seq);
    expect(await seqs('?after=1&limit=2')).toEqual([2, 3]);
    expect(await seqs('?before=3&limit=9')).toEqual([1, 2]);
    const waiting = seqs('?after=6&wait=30');
    await rig.ask('/exec', { json: {} });
    expect(await waiting).toEqual([7]);
    expect((await rig.ask('/audit?limit=0')).status).toBe(400);
    expect((await rig.ask('/audit?after=-1')).status).toBe(400);
    expect((await rig.ask('/audit', { key: null })).status).toBe(401);
  });

  test('that it cannot be read is told in a sentence, and nobody waits for it', async () => {
    await using rig = await Rig.start(inProcess);
    const folder = join(rig.place.data, 'audit');
    writeFileSync(folder, 'not a folder');
    for (const query of ['', '?after=0&wait=30']) {
      const refused = await rig.ask(`/audit${query}`);
      expect({ query, status: refused.status, body: refused.body }).toEqual({
        query,
        status: 500,
        body: { error: expect.stringContaining('the audit log cannot be read: EEXIST') },
      });
    }
    rmSync(folder);
    expect((await rig.ask('/audit')).status).toBe(200);
  });

  test('it outlives the server, for its owner alone', async () => {
    await using rig = await Rig.start(inProcess);
    await rig.ask('/exec', { json: {} });
    await rig.restart();
    await rig.ask('/exec', { json: {} });
    expect((await entries(rig)).map(({ seq }) => seq)).toEqual([1, 2]);
    const folder = join(rig.place.data, 'audit');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  });
});

describe('secrets', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start(inProcess);
  });
  afterAll(() => rig[Symbol.asyncDispose]());

  /** Where a client puts what nobody else may see. */
  const places: Readonly<Record<string, (secret: string) => readonly [path: string, ask: Ask]>> = {
    command: (secret) => ['/exec', { json: { command: `: ${secret}` } }],
    environment: (secret) => ['/exec', { json: { command: ':', env: { TOKEN: secret } } }],
    'name of an environment': (secret) => ['/exec', { json: { command: ':', env: { [secret]: '1' } } }],
    prompt: (secret) => ['/exec', { json: { mode: 'acp', agent: 'no-such-agent', prompt: secret } }],
    agent: (secret) => ['/exec', { json: { mode: 'acp', agent: `no-such-agent --token ${secret}`, prompt: 'hi' } }],
    'agent of a session': (secret) => ['/agents/sessions', { json: { agent: `no-such-agent ${secret}` } }],
    mode: (secret) => ['/exec', { json: { mode: secret, command: ':' } }],
    input: (secret) => ['/jobs/000000000000/input', { json: { data: secret } }],
    'prompt of a session': (secret) => ['/agents/sessions/000000000000/prompt', { json: { text: secret } }],
    typing: (secret) => ['/terminals/000000000000/input', { json: { data: secret } }],
    'command of a terminal': (secret) => ['/terminals/000000000000/execute', { json: { command: secret } }],
    'body that is no JSON': (secret) => ['/exec', { body: secret }],
    query: (secret) => [`/exec?key=${secret}`, { json: { command: ':' } }],
    ticket: (secret) => [`/terminal?ticket=${secret}`, {}],
    'id in a path': (secret) => [`/jobs/${secret}/cancel`, { method: 'POST' }],
    'id in a path, beside a body that is not valid': (secret) => [`/jobs/${secret}/input`, { json: { data: 1 } }],
    'id of a key': (secret) => [`/keys/${secret}`, { method: 'DELETE' }],
    'id of a permission': (secret) => [`/agents/sessions/000000000000/permissions/${secret}`, { json: {} }],
    'key of a session': (secret) => [`/sessions/${secret}`, { method: 'DELETE' }],
    'path of nothing': (secret) => [`/${secret}`, { method: 'DELETE' }],
    'path below a route': (secret) => [`/jobs/000000000000/${secret}`, { method: 'POST' }],
    'idempotency key': (secret) => ['/exec', { json: { command: ':' }, headers: { 'idempotency-key': secret } }],
    cookie: (secret) => ['/exec', { json: {}, headers: { cookie: secret } }],
    'tunnel token': (secret) => ['/exec', { json: {}, headers: { 'x-tunnel-authorization': `tunnel ${secret}` } }],
    'forwarded address': (secret) => ['/exec', { json: {}, headers: { 'x-forwarded-for': secret } }],
    'user agent': (secret) => ['/exec', { json: {}, headers: { 'user-agent': secret } }],
    'wrong key': (secret) => ['/exec', { json: {}, key: secret }],
    'wrong key of a path with parameters': (secret) => [`/jobs/${secret}/cancel`, { method: 'POST', key: secret }],
    'bearer token': (secret) => ['/jobs', { key: null, headers: { authorization: `Bearer ${secret}` } }],
    origin: (secret) => ['/exec', { json: {}, headers: { origin: `http://${secret}.example` } }],
    host: (secret) => ['/exec', { json: {}, headers: { host: secret } }],
  };

  test('are neither in the audit log nor in the metrics', async () => {
    const used: string[] = [rig.key];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(places)),
        fc.stringMatching(/^[a-z][a-z0-9]{11}$/),
        async (place, text) => {
          const secret = `s3cret${text}`;
          const [path, ask] = places[place]?.(secret) ?? ['/', {}];
          await (await rig.request(path, ask)).arrayBuffer();
          used.push(secret);
          const seen = (await onDisk(rig)) + (await (await rig.request('/metrics')).text());
          expect({ place, found: used.filter((one) => seen.toLowerCase().includes(one.toLowerCase())) }).toEqual({
            place,
            found: [],
          });
        },
      ),
      { numRuns: 100 },
    );
    // Every place was really tried, and the log was really written.
    for (const [place, at] of Object.entries(places)) {
      const [path, ask] = at('s3cretoftheend');
      await (await rig.request(path, ask)).arrayBuffer();
      expect({ place, found: (await onDisk(rig)).includes('s3cretoftheend') }).toEqual({ place, found: false });
    }
    expect((await onDisk(rig)).split('\n').length).toBeGreaterThan(100);
  });
});
