import { describe, expect, test } from 'bun:test';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Door } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';
import { sharedRig } from './shared-rig.ts';

const REFUSED = { status: 401, body: { error: 'invalid or missing API key' } };

export function authenticationSuite(door: Door): void {
  describe('1.1 authentication', () => {
    const rig = sharedRig(door);

    const routes: [string, string][] = [
      ['GET', '/jobs'],
      ['GET', '/jobs/0123456789ab'],
      ['GET', '/jobs/0123456789ab/output'],
      ['GET', '/jobs/0123456789ab/events'],
      ['POST', '/exec'],
      ['POST', '/jobs/0123456789ab/nudge'],
      ['POST', '/jobs/0123456789ab/input'],
      ['POST', '/jobs/0123456789ab/cancel'],
      ['GET', '/nothing-here'],
      ['PUT', '/exec'],
    ];
    test.each(routes)('%s %s without the key is refused', async (method, path) => {
      expect(await rig().ask(path, { method, key: null })).toMatchObject(REFUSED);
    });

    test.each([
      ['another key', 'another'],
      ['an empty one', ''],
      ['the key in another letter case', 'UPPER'],
      ['the key and one more character', 'LONGER'],
      ['the key without its last character', 'SHORTER'],
    ])('%s is refused', async (_what, kind) => {
      const { key } = rig();
      const sent = { UPPER: key.toUpperCase(), LONGER: `${key}x`, SHORTER: key.slice(0, -1) }[kind] ?? kind;
      expect(await rig().ask('/jobs', { key: null, headers: { 'x-api-key': sent } })).toMatchObject(REFUSED);
      expect((await rig().ask('/jobs')).status).toBe(200);
    });

    test('the key counts in its two headers alone, not in the URL, a cookie or another scheme', async () => {
      const { key } = rig();
      for (const name of ['X-API-Key', 'api_key', 'key', 'token', 'access_token']) {
        expect(await rig().ask(`/jobs?${name}=${key}`, { key: null })).toMatchObject(REFUSED);
      }
      for (const [name, value] of [
        ['authorization', key],
        ['authorization', `Basic ${key}`],
        ['authorization', `Bearer${key}`],
        ['cookie', `X-API-Key=${key}`],
      ] as const) {
        expect(await rig().ask('/jobs', { key: null, headers: { [name]: value } })).toMatchObject(REFUSED);
      }
    });

    test('Authorization: Bearer counts as the key; where both are there, one that is wrong makes the whole wrong', async () => {
      const { key } = rig();
      const status = async (headers: Record<string, string>, path = '/jobs') =>
        (await rig().ask(path, { key: null, headers })).status;
      for (const scheme of ['Bearer', 'bearer', 'BEARER'])
        expect(await status({ authorization: `${scheme} ${key}` })).toBe(200);
      expect(await status({ authorization: `Bearer ${key}`, 'x-api-key': key })).toBe(200);
      // A scheme that is no Bearer is a proxy's, and says nothing.
      expect(await status({ authorization: 'Basic abc', 'x-api-key': key })).toBe(200);
      expect(await status({ authorization: 'Bearer wrong', 'x-api-key': key })).toBe(401);
      expect(await status({ authorization: 'Bearer', 'x-api-key': key })).toBe(401);
      expect(await status({ authorization: `Bearer ${key}`, 'x-api-key': 'wrong' })).toBe(401);
      const health = { key: null, headers: { authorization: `Bearer ${key}`, 'x-api-key': 'wrong' } };
      expect((await rig().ask('/health', health)).body).toEqual({ status: 'ok', authenticated: false });
    });

    test('GET /healthz: 200 and ok, for everybody', async () => {
      const answer = await rig().request('/healthz', { key: null });
      expect({ status: answer.status, text: await answer.text() }).toEqual({ status: 200, text: 'ok\n' });
    });

    test('the tunnel’s own header beside the key disturbs nobody', async () => {
      const headers = { 'x-tunnel-authorization': 'tunnel abc' };
      expect((await rig().ask('/jobs', { headers })).status).toBe(200);
    });

    test('the active key is in the key file, for its owner alone', () => {
      expect(readFileSync(rig().keyFile, 'utf8')).toBe(rig().key);
      if (door.platform === 'windows') return;
      expect(rig().keyFile).toBe(join(rig().place.home, 'devpilot-agent', 'api_key'));
      expect(statSync(rig().keyFile).mode & 0o777).toBe(0o600);
    });

    // In Wine, LOCALAPPDATA is one for all servers, and no file has a mode.
    test.skipIf(door.platform === 'windows')(
      'variable of 0.3, variable of 0.2, key file, a new key: in this order',
      async () => {
        const prepare = (home: string) => {
          mkdirSync(join(home, 'devpilot-agent'), { recursive: true });
          writeFileSync(join(home, 'devpilot-agent', 'api_key'), 'from-the-file\n', { mode: 0o644 });
        };
        const keyWith = async (options: Parameters<typeof Rig.start>[1]) => {
          await using other = await Rig.start(door, { key: null, ...options });
          const key = readFileSync(other.keyFile, 'utf8');
          expect(statSync(other.keyFile).mode & 0o777).toBe(0o600);
          expect((await other.ask('/jobs', { key })).status).toBe(200);
          return key;
        };
        expect(
          await keyWith({ prepare, env: { agent_runtime_API_KEY: 'of-0.3', DEVPILOT_AGENT_API_KEY: 'of-0.2' } }),
        ).toBe('of-0.3');
        expect(await keyWith({ prepare, env: { DEVPILOT_AGENT_API_KEY: 'of-0.2' } })).toBe('of-0.2');
        expect(await keyWith({ prepare })).toBe('from-the-file');
        const fresh = [await keyWith({}), await keyWith({})];
        for (const key of fresh) expect(Buffer.from(key, 'base64url').length).toBe(32);
        for (const key of fresh) expect(key).toMatch(/^[A-Za-z0-9_-]{43}$/);
        expect(fresh[0]).not.toBe(fresh[1] as string);
      },
    );

    test.skipIf(door.platform !== 'windows')('the variable of 0.3 counts before that of 0.2', async () => {
      const both = { agent_runtime_API_KEY: 'of-0.3', DEVPILOT_AGENT_API_KEY: 'of-0.2' };
      await using newer = await Rig.start(door, { key: null, env: both });
      expect((await newer.ask('/jobs', { key: 'of-0.3' })).status).toBe(200);
      expect((await newer.ask('/jobs', { key: 'of-0.2' })).status).toBe(401);
      await using older = await Rig.start(door, { key: null, env: { DEVPILOT_AGENT_API_KEY: 'of-0.2' } });
      expect((await older.ask('/jobs', { key: 'of-0.2' })).status).toBe(200);
    });

    test.if(door.mortal)('start-up says where the key is, and never what it is', async () => {
      await using other = await Rig.start(door);
      await other.ask('/jobs', { key: `${other.key}-wrong` });
      await other.run(other.commands.print('hi'));
      // What SIGTERM does to a process in Wine is a matter of luck: most die, some hang.
      await (door.platform === 'windows' ? other.kill9() : other.stop());
      const said = other.process.said();
      expect(said).toContain('devpilot-agent');
      expect(said).not.toContain(other.key);
    });
  });

  describe('1.2 health', () => {
    const rig = sharedRig(door);

    test('without a valid key: that it answers, and nothing more', async () => {
      const brief = { status: 200, body: { status: 'ok', authenticated: false } };
      const { status, body } = await rig().ask('/health', { key: null });
      expect({ status, body }).toEqual(brief);
      const wrong = await rig().ask('/health', { key: 'wrong' });
      expect({ status: wrong.status, body: wrong.body }).toEqual(brief);
    });

    test('with the key: every field of the contract', async () => {
      await rig().run(rig().commands.print('one'));
      const health = await rig().get<Record<string, unknown>>('/health');
      // A copy: Bun's toMatchObject puts its matchers into what it compares.
      expect(structuredClone(health)).toMatchObject({
        status: 'ok',
        version: expect.stringMatching(/^\d+\.\d+\.\d+/),
        hostname: expect.any(String),
        jobs: 1,
        cwd: expect.any(String),
        authenticated: true,
        terminal_supported: expect.any(Boolean),
        terminal_sessions: 0,
        acp_supported: expect.any(Boolean),
        persistent_shell_supported: expect.any(Boolean),
        persistent_shell_sessions: 0,
        persistent_shell_max_sessions: expect.any(Number),
        persistent_shell_idle_timeout_seconds: 0,
      });
      const modes = health['execution_modes'] as string[];
      expect(modes).toContain('shell');
      expect(['shell', 'acp', 'persistent_shell', 'process']).toEqual(expect.arrayContaining(modes));
      if (door.platform === 'posix') expect(health['cwd']).toBe(rig().place.cwd);
    });
  });
}
