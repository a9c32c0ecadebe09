/** 1.6: self-update on the wire, of a server that has nowhere to update from. What updates do is in tests/updater. */
import { describe, expect, test } from 'bun:test';
import type { Health } from '../../src/protocol/health.ts';
import type { UpdateResource } from '../../src/protocol/update.ts';
import type { Door } from '../support/doors.ts';
import { sharedRig } from './shared-rig.ts';
import { linesFor, openTerminal } from './terminal-lines.ts';

export function updateSuite(door: Door): void {
  describe('1.6 update', () => {
    const rig = sharedRig(door);
    const status = () => rig().get<UpdateResource>('/update');

    test('a server that cannot be updated says why, in GET /update and in /health', async () => {
      const { version, update } = await rig().get<Health>('/health');
      const said = await status();
      expect(said).toEqual({
        version,
        channel: 'stable',
        state: 'unavailable',
        lastError: expect.stringMatching(/runs from source|without a public key/),
        bad: [],
      });
      expect(update).toEqual({ state: 'unavailable', lastError: said.lastError as string, bad: [] });
    });

    const BODIES = {
      'no body': {},
      'an empty body': { body: '' },
      'an empty body of some type': { body: '', headers: { 'content-type': 'text/plain' } },
      '{}': { json: {} },
      '{} of another type': { body: '{}', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      '"when":"now"': { json: { when: 'now' } },
    } as const;
    test.each(Object.entries(BODIES))('POST with %s: the inherited answer', async (_name, ask) => {
      const { version } = await rig().get<Health>('/health');
      expect(await rig().ask('/update', { method: 'POST', ...ask })).toMatchObject({
        status: 200,
        body: { status: 'updating', version, message: 'Server will restart for update' },
      });
      expect((await status()).state).toBe('unavailable');
    });

    test('a body that is wrong: 400, and which part of it', async () => {
      for (const [json, error] of [
        [{ when: 'soon' }, 'when must be "now" or "idle"'],
        [{ when: null }, 'when must be "now" or "idle"'],
        [{ check: 1 }, 'check must be boolean'],
      ] as const)
        expect(await rig().ask('/update', { method: 'POST', json })).toMatchObject({ status: 400, body: { error } });
      for (const body of ['[]', '{', 'now'])
        expect((await rig().ask('/update', { method: 'POST', body })).status).toBe(400);
    });

    test('check only looks, idle is scheduled, DELETE calls off: also where there is nothing to do', async () => {
      const { version } = await rig().get<Health>('/health');
      const { lastError: message } = await status();
      expect(await rig().ask('/update', { json: { check: true } })).toMatchObject({
        status: 200,
        body: { status: 'checked', version, message: message as string },
      });
      expect(await rig().ask('/update', { json: { when: 'idle' } })).toMatchObject({
        status: 202,
        body: { status: 'scheduled' },
      });
      expect(await rig().ask('/update', { method: 'DELETE' })).toMatchObject({ status: 200, body: { status: 'idle' } });
    });

    test('what is active is in the way of "now": jobs first, then terminals, then persistent shells', async () => {
      const refused = () => rig().ask('/update', { method: 'POST' });
      const gate = rig().gate();
      const ids = await Promise.all([1, 2].map(() => rig().exec(rig().commands.waitForFile(gate.path))));
      const { id: terminal } = await openTerminal(rig());
      expect(await refused()).toMatchObject({
        status: 409,
        body: { error: 'cannot update while jobs are running', running_jobs: 2 },
      });
      // Neither a look nor a schedule is in the way of anything.
      expect((await rig().ask('/update', { json: { check: true } })).status).toBe(200);
      expect((await rig().ask('/update', { json: { when: 'idle' } })).status).toBe(202);
      gate.open();
      for (const id of ids) await rig().finished(id);
      expect(await refused()).toMatchObject({
        status: 409,
        body: { error: 'cannot update while terminal sessions are active', terminal_sessions: 1 },
      });
      await rig().ask(`/terminals/${terminal}`, { method: 'DELETE' });
      const { shell } = linesFor(rig());
      const key = 'update';
      await rig().run('echo', {
        mode: 'persistent_shell',
        sessionKey: key,
        shell: shell === 'cmd.exe' ? 'cmd' : shell,
      });
      expect(await refused()).toMatchObject({
        status: 409,
        body: { error: 'cannot update while persistent shell sessions are active', persistent_sessions: 1 },
      });
      await rig().ask(`/sessions/${key}`, { method: 'DELETE' });
      expect((await refused()).status).toBe(200);
    });

    test('needs the key', async () => {
      for (const method of ['GET', 'POST', 'DELETE'])
        expect((await rig().ask('/update', { method, key: null })).status).toBe(401);
    });
  });
}
