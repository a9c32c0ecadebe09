import { describe, expect, test } from 'bun:test';
import type { Door } from '../support/doors.ts';
import { sharedRig } from './shared-rig.ts';

const TYPES = [1, true, [], {}] as const;

/** What the routes of agents refuse. */
export function agentBadInputSuite(door: Door): void {
  describe('agents: bad input', () => {
    const rig = sharedRig(door);

    const ROUTES: readonly [string, string][] = [
      ['GET', '/agents'],
      ['GET', '/agents/sessions'],
      ['POST', '/agents/sessions'],
      ['GET', '/agents/sessions/000000000000'],
      ['DELETE', '/agents/sessions/000000000000'],
      ['GET', '/agents/sessions/000000000000/events'],
      ['GET', '/agents/sessions/000000000000/permissions'],
      ...['prompt', 'cancel', 'mode', 'model', 'config', 'raw', 'permissions/p1'].map((route): [string, string] => [
        'POST',
        `/agents/sessions/000000000000/${route}`,
      ]),
    ];

    test.each(ROUTES)('%s %s: 401 without the key, or with a wrong one', async (method, path) => {
      const json = method === 'POST' ? { json: {} } : {};
      for (const key of [null, 'wrong'])
        expect(await rig().ask(path, { method, key, ...json })).toMatchObject({
          status: 401,
          body: { error: 'invalid or missing API key' },
        });
    });

    test.each(ROUTES)('%s %s: other methods 405, with those that there are', async (_method, path) => {
      for (const method of ['PUT', 'PATCH']) {
        const { status, headers } = await rig().ask(path, { method });
        expect({ method, status }).toEqual({ method, status: 405 });
        for (const [allowed] of ROUTES.filter((route) => route[1] === path))
          expect(headers.get('allow')).toContain(allowed);
      }
    });

    test.each(ROUTES.slice(3))('%s %s of no session: 404', async (method, path) => {
      const json = method === 'POST' ? { json: {} } : {};
      for (const id of ['000000000000', 'x', '..%2f..', '%00']) {
        const at = path.replace('000000000000', id);
        expect({ id, ...(await rig().ask(at, { method, ...json })) }).toMatchObject({ id, status: 404 });
      }
    });

    test('POST …/sessions: types, NUL, lone surrogates, odd names', async () => {
      const agent = rig().agents.line();
      const wrong: Readonly<Record<string, unknown>>[] = [
        ...['agent', 'cwd', 'policy', 'model', 'mode', 'effort', 'instructions', 'resume'].flatMap((name) =>
          TYPES.map((value) => ({ agent, [name]: value })),
        ),
        ...[1, 'x', { A: 1 }, { '': 'x' }, { 'A=B': 'x' }, { A: 'a\0' }, ['x']].map((env) => ({ agent, env })),
        ...[1, 'x', {}, [1], ['x'], [null]].map((mcpServers) => ({ agent, mcpServers })),
        ...[0, -1, 'x', true, 1e12].map((timeout) => ({ agent, timeout })),
        ...['agent', 'cwd', 'model', 'mode', 'effort', 'instructions', 'resume'].map((name) => ({
          agent,
          [name]: 'a\0b',
        })),
        ...['model', 'instructions', 'resume'].map((name) => ({ agent, [name]: 'a\ud800b' })),
        ...['agent', 'model', 'mode', 'effort', 'instructions', 'resume'].map((name) => ({ agent, [name]: '' })),
        { agent, policy: 'anything' },
      ];
      for (const json of wrong) {
        const { status, body } = await rig().ask('/agents/sessions', { json });
        expect({ json, status, body }).toEqual({ json, status: 400, body: { error: expect.any(String) } });
      }
      expect(await rig().get<unknown[]>('/agents/sessions')).toEqual([]);
    });

    test('a field that is null counts as absent', async () => {
      const nothing = { cwd: null, env: null, mcpServers: null, policy: null, model: null, mode: null, effort: null };
      await using session = await rig().agents.open({ ...nothing, instructions: null, resume: null, timeout: null });
      expect((await session.record()).policy).toBe('workdir');
    });

    test('the routes of one session: types and what must be there', async () => {
      await using session = await rig().agents.open();
      const wrong: readonly [string, readonly unknown[]][] = [
        [
          'prompt',
          [
            {},
            { text: '' },
            { content: [] },
            { content: 'x' },
            { content: [1] },
            { text: 'x', content: [{ type: 'text', text: 'x' }] },
          ],
        ],
        ['prompt', [...TYPES.map((text) => ({ text })), { text: null }, { text: 'a\0b' }, { text: 'a\ud800b' }]],
        ['mode', [{}, { modeId: '' }, ...TYPES.map((modeId) => ({ modeId })), { modeId: 'a\0' }]],
        ['model', [{}, { modelId: '' }, ...TYPES.map((modelId) => ({ modelId })), { modelId: 'a\0' }]],
        ['config', [{}, { configId: 'x' }, { value: 'x' }, { configId: 1, value: 'x' }, { configId: 'x', value: 1 }]],
        ['raw', [{}, { method: '' }, { method: 1 }, { method: 'x', params: 1 }, { method: 'x', params: [] }]],
      ];
      for (const [route, bodies] of wrong)
        for (const json of bodies) {
          const { status, body } = await rig().ask(`${session.path}/${route}`, { json });
          expect({ route, json, status, body }).toEqual({
            route,
            json,
            status: 400,
            body: { error: expect.any(String) },
          });
        }
      for (const wait of ['-1', '301', 'x', ''])
        expect({
          wait,
          status: (await rig().ask(`${session.path}/prompt?wait=${wait}`, { json: { text: 'x' } })).status,
        }).toEqual({ wait, status: 400 });
      expect(await session.record()).toMatchObject({ state: 'idle', turns: 0 });
    });

    test('a body that is no JSON object: 400; of another content type: 415; of more than 1 MiB: 413', async () => {
      await using session = await rig().agents.open();
      const headers = { 'content-type': 'application/json' };
      for (const path of [
        '/agents/sessions',
        ...['prompt', 'mode', 'raw'].map((route) => `${session.path}/${route}`),
      ]) {
        for (const body of ['', '{', '[]', '"x"', 'null', '{"agent":}'])
          expect({ path, body, status: (await rig().ask(path, { body, headers })).status }).toEqual({
            path,
            body,
            status: 400,
          });
        for (const type of ['text/plain', 'application/x-www-form-urlencoded'])
          expect((await rig().ask(path, { body: '{"text":"x"}', headers: { 'content-type': type } })).status).toBe(415);
      }
      const body = JSON.stringify({ method: 'x', params: { text: 'x'.repeat(1024 * 1024) } });
      expect((await rig().ask(`${session.path}/raw`, { body, headers })).status).toBe(413);
      expect((await rig().ask('/agents/sessions', { body, headers })).status).toBe(413);
      expect((await rig().ask(`${session.path}/cancel`, { method: 'POST' })).body).toEqual({ cancelled: false });
    });

    test('routes that there are not: 404', async () => {
      for (const path of ['/agents/x', '/agents/sessions/000000000000/x', '/agents/sessions//prompt']) {
        const { status, body } = await rig().ask(path);
        expect({ path, status, body }).toMatchObject({
          path,
          body: { error: expect.stringContaining('not found') },
          status: 404,
        });
      }
    });
  });
}
