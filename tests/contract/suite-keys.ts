/** Contract 3: keys with scopes, `/keys`, and what ends with a key. */
import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import type { KeyResource, MadeKey } from '../../src/protocol/keys.ts';
import type { Scope } from '../../src/protocol/scope.ts';
import type { Door } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';
import { sharedRig } from './shared-rig.ts';

const REFUSED = { status: 401, body: { error: 'invalid or missing API key' } };
const ID = '0123456789ab';

/** A key of the server, made for this story. */
export const addKey = (rig: Rig, scopes: readonly Scope[], more: object = {}): Promise<MadeKey> =>
  rig.post<MadeKey>('/keys', { name: crypto.randomUUID(), scopes, ...more });

export function keysSuite(door: Door): void {
  describe('3 keys', () => {
    const rig = sharedRig(door);
    const ask = (path: string, key: string, method = 'GET', json?: unknown) =>
      rig().ask(path, { key, method, ...(json !== undefined && { json }) });

    test('one is shown once: 201 with the key; the list has all but the keys themselves, the inherited one first', async () => {
      const { cwd } = rig().place;
      const roots = [cwd, join(cwd, 'below')].map((path) => door.nativePath(path));
      const { status, body } = await rig().ask('/keys', {
        json: {
          name: 'ci',
          scopes: ['observe', 'run'],
          roots,
          ports: '3000-3999,8080',
          expires: '7d',
        },
      });
      const { key, ...shown } = body as MadeKey;
      expect(status).toBe(201);
      expect(key).toMatch(/^[A-Za-z0-9_-]{43}$/);
      expect(shown).toMatchObject({
        name: 'ci',
        scopes: ['observe', 'run'],
        roots,
        ports: '3000-3999,8080',
        expired: false,
        lastUsedAt: null,
      });
      expect((shown.expiresAt ?? 0) - (shown.createdAt ?? 0)).toBeCloseTo(7 * 86_400, 2);
      const list = await rig().get<KeyResource[]>('/keys');
      expect(list[0]).toMatchObject({ id: 'default', name: 'inherited', scopes: ['admin'], expiresAt: null });
      expect(list.find(({ id }) => id === shown.id)).toEqual(shown);
      expect(JSON.stringify(list)).not.toContain(key);
    });

    test('whether and when a key was used is seen', async () => {
      const { id, key } = await addKey(rig(), ['observe']);
      await ask('/jobs', key);
      const keys = await rig().get<KeyResource[]>('/keys');
      const used = keys.find((one) => one.id === id);
      // Known to the minute, and never before it was there.
      expect(used?.lastUsedAt).toBeGreaterThanOrEqual(used?.createdAt ?? Infinity);
      expect(keys[0]).toMatchObject({ id: 'default', lastUsedAt: expect.any(Number) });
    });

    const table: readonly [Scope, string, string, boolean][] = [
      ['observe', 'GET', '/jobs', true],
      ['observe', 'GET', `/jobs/${ID}`, true],
      ['observe', 'GET', '/sessions', true],
      ['observe', 'GET', '/terminals', true],
      ['observe', 'GET', '/agents', true],
      ['observe', 'GET', '/update', true],
      ['observe', 'POST', `/jobs/${ID}/cancel`, false],
      ['observe', 'POST', '/exec', false],
      ['observe', 'POST', '/terminals', false],
      ['observe', 'POST', '/update', false],
      ['observe', 'GET', '/keys', false],
      ['run', 'POST', `/jobs/${ID}/cancel`, true],
      ['run', 'DELETE', '/sessions/none', true],
      ['run', 'GET', '/jobs', false],
      ['run', 'POST', '/agents/sessions', false],
      ['run', 'DELETE', '/update', false],
      ['run', 'POST', '/keys', false],
      ['agents', 'DELETE', `/agents/sessions/${ID}`, true],
      ['agents', 'POST', '/terminals', false],
      ['agents', 'POST', `/keys/${ID}/rotate`, false],
      ['files:write', 'GET', '/jobs', false],
      ['ports', 'DELETE', `/keys/${ID}`, false],
      ['admin', 'GET', '/jobs', true],
      ['admin', 'POST', `/jobs/${ID}/cancel`, true],
    ];
    test.each(table)('a key for %s, %s %s: allowed: %p', async (scope, method, path, allowed) => {
      const { key } = await addKey(rig(), [scope]);
      const { status, body } = await ask(path, key, method);
      if (allowed) return expect([200, 404]).toContain(status);
      const missing = (body as { readonly scope?: string }).scope;
      expect({ status, body }).toEqual({
        status: 403,
        body: { error: `this API key does not have the scope ${missing}`, scope: missing },
      });
      expect(missing).not.toBe(scope);
    });

    test('POST /exec: mode acp needs `agents`, every other one `run`', async () => {
      const [run, agents, both] = await Promise.all([
        addKey(rig(), ['run']),
        addKey(rig(), ['agents']),
        addKey(rig(), ['run', 'agents']),
      ]);
      const command = rig().commands.print('x');
      const status = async ({ key }: MadeKey, json: object) => {
        const { status: is, body } = await ask('/exec', key, 'POST', json);
        return is === 403 ? (body as { readonly scope: string }).scope : is;
      };
      // What is wrong with an acp request is told to those alone who may make one.
      const acp = { mode: 'acp', persistent_session_key: 1 };
      expect([await status(run, { command }), await status(run, acp)]).toEqual([202, 'agents']);
      expect([await status(agents, { command }), await status(agents, acp)]).toEqual(['run', 400]);
      expect([await status(both, { command }), await status(both, acp)]).toEqual([202, 400]);
      for (const mode of ['process', 'persistent_shell', 'nonsense', 7, null, ['acp'], 'ACP'])
        expect({ mode, status: await status(agents, { mode, command }) }).toEqual({ mode, status: 'run' });
    });

    test('GET /health is short for a key that may not look, and whole for one that may', async () => {
      const health = async (scopes: readonly Scope[]) => (await ask('/health', (await addKey(rig(), scopes)).key)).body;
      expect(await health(['run'])).toEqual({ status: 'ok', authenticated: false });
      expect(await health(['observe'])).toMatchObject({ authenticated: true, jobs: expect.any(Number) });
    });

    test('Authorization: Bearer counts for such a key, too; beside another key it is none', async () => {
      const { key } = await addKey(rig(), ['observe']);
      const status = async (headers: Record<string, string>) =>
        (await rig().ask('/jobs', { key: null, headers })).status;
      expect(await status({ authorization: `Bearer ${key}` })).toBe(200);
      expect(await status({ authorization: `Bearer ${key}`, 'x-api-key': key })).toBe(200);
      expect(await status({ authorization: `Bearer ${key}`, 'x-api-key': rig().key })).toBe(401);
    });

    test('a deleted key is the same 401 as an unknown one, and so is one whose time is over', async () => {
      const [kept, gone, over] = await Promise.all([
        addKey(rig(), ['observe']),
        addKey(rig(), ['observe']),
        addKey(rig(), ['observe'], { expires: 0.05 }),
      ]);
      expect((await ask('/jobs', gone.key)).status).toBe(200);
      expect(await ask(`/keys/${gone.id}`, rig().key, 'DELETE')).toMatchObject({
        status: 200,
        body: { deleted: true, id: gone.id },
      });
      await rig().waitFor('its end', async () => (await ask('/jobs', over.key)).status === 401);
      const answers = await Promise.all([gone.key, over.key, 'unknown'].map((key) => rig().ask('/jobs', { key })));
      for (const { status, body } of answers) expect({ status, body }).toEqual(REFUSED);
      expect((await ask('/jobs', kept.key)).status).toBe(200);
      const listed = (await rig().get<KeyResource[]>('/keys')).find(({ id }) => id === over.id);
      expect(listed).toMatchObject({ expired: true });
      expect(await ask(`/keys/${over.id}/rotate`, rig().key, 'POST')).toMatchObject({ status: 409 });
      expect(await ask(`/keys/${gone.id}`, rig().key, 'DELETE')).toMatchObject({
        status: 404,
        body: { error: 'key not found' },
      });
    });

    test('a rotated key has another secret and the same id, name and scopes; whoever rotates his own gets the answer', async () => {
      const made = await addKey(rig(), ['admin']);
      const { status, body } = await ask(`/keys/${made.id}/rotate`, made.key, 'POST');
      const { key } = body as MadeKey;
      expect(status).toBe(200);
      expect(body).toMatchObject({ id: made.id, name: made.name, scopes: ['admin'] });
      expect(await ask('/keys', made.key)).toMatchObject(REFUSED);
      expect((await ask('/keys', key)).status).toBe(200);
      expect((await ask(`/keys/${made.id}`, key, 'DELETE')).status).toBe(200);
      expect(await ask('/keys', key)).toMatchObject(REFUSED);
    });

    test('an event stream of a deleted key ends at once, and so does a request that waits', async () => {
      const job = await rig().exec(rig().commands.hang(rig().marker()));
      await rig().running(job);
      const { id, key } = await addKey(rig(), ['observe']);
      const stream = await rig().request(`/jobs/${job}/events`, { key });
      const other = await rig().request(`/jobs/${job}/events`);
      const reader = other.body?.getReader();
      await reader?.read();
      const waiting = rig().ask(`/jobs/${job}?wait=30`, { key });
      // Its first events prove that it is open.
      const events = stream.body?.getReader();
      await events?.read();
      await ask(`/keys/${id}`, rig().key, 'DELETE');
      for (;;) if ((await events?.read())?.done !== false) break;
      expect(await waiting).toMatchObject(REFUSED);
      // Those of other keys go on.
      await rig().post(`/jobs/${job}/cancel`);
      const decoder = new TextDecoder();
      let rest = '';
      for (let part = await reader?.read(); part?.done === false; part = await reader?.read())
        rest += decoder.decode(part.value, { stream: true });
      expect(rest).toContain('event: end');
    });

    test.each([
      ['no name', { scopes: ['run'] }],
      ['an empty name', { name: '', scopes: ['run'] }],
      ['a name that is too long', { name: 'x'.repeat(101), scopes: ['run'] }],
      ['no scopes', { name: 'n' }],
      ['an empty list of scopes', { name: 'n', scopes: [] }],
      ['a scope that there is not', { name: 'n', scopes: ['everything'] }],
      ['scopes that are one text', { name: 'n', scopes: 'run' }],
      ['a lifetime that is none', { name: 'n', scopes: ['run'], expires: 'tomorrow' }],
      ['a lifetime of nothing', { name: 'n', scopes: ['run'], expires: 0 }],
      ['roots that are no list', { name: 'n', scopes: ['run'], roots: '/srv' }],
      ['a root that is not absolute', { name: 'n', scopes: ['run'], roots: ['srv'] }],
      ['ports that are none', { name: 'n', scopes: ['run'], ports: 'all' }],
      ['a field that there is not', { name: 'n', scopes: ['run'], expiresAt: 5 }],
    ])('%s: 400', async (_what, json) => {
      expect(await rig().ask('/keys', { json })).toMatchObject({ status: 400, body: { error: expect.any(String) } });
    });

    test('a name that another valid key has: 409', async () => {
      const { name } = await addKey(rig(), ['observe']);
      expect(await rig().ask('/keys', { json: { name, scopes: ['observe'] } })).toMatchObject({
        status: 409,
        body: { error: `there is already a key named ${name}` },
      });
      // They would be taken for the inherited key.
      for (const taken of ['default', 'inherited'])
        expect((await rig().ask('/keys', { json: { name: taken, scopes: ['observe'] } })).status).toBe(409);
    });

    test('the inherited key: never deleted, and while it comes from the environment not rotated, which is said', async () => {
      expect(await ask('/keys/default', rig().key, 'DELETE')).toMatchObject({
        status: 409,
        body: { error: 'the inherited key cannot be deleted; it can be rotated' },
      });
      expect(await ask('/keys/default/rotate', rig().key, 'POST')).toMatchObject({
        status: 409,
        body: {
          error:
            'the inherited key comes from the environment variable agent_runtime_API_KEY: change it there, and start the server again',
        },
      });
      expect((await rig().ask('/jobs')).status).toBe(200);
    });

    // In Wine, LOCALAPPDATA is one for all servers.
    test.skipIf(door.platform === 'windows')('one that does not is rotated into its key file', async () => {
      await using other = await Rig.start(door, { key: null });
      const before = readFileSync(other.keyFile, 'utf8');
      const { status, body } = await other.ask('/keys/default/rotate', { key: before, method: 'POST' });
      const { key } = body as MadeKey;
      expect({ status, inFile: readFileSync(other.keyFile, 'utf8') }).toEqual({ status: 200, inFile: key });
      expect(await other.ask('/jobs', { key: before })).toMatchObject(REFUSED);
      expect((await other.ask('/jobs', { key })).status).toBe(200);
    });

    test.if(door.mortal)('keys outlive a server that is killed; what was deleted stays deleted', async () => {
      await using other = await Rig.start(door);
      const [kept, gone] = await Promise.all([addKey(other, ['observe']), addKey(other, ['observe'])]);
      expect((await other.ask(`/keys/${gone.id}`, { method: 'DELETE' })).status).toBe(200);
      await other.kill9();
      await other.restart();
      expect((await other.ask('/jobs', { key: kept.key })).status).toBe(200);
      expect(await other.ask('/jobs', { key: gone.key })).toMatchObject(REFUSED);
      expect(await other.ask('/exec', { key: kept.key, json: { command: 'true' } })).toMatchObject({
        status: 403,
        body: { scope: 'run' },
      });
    });
  });
}
