import { describe, expect, test } from 'bun:test';
import type { AgentPermission } from '../../src/protocol/agent-permissions.ts';
import type { Door } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';
import { sharedRig } from './shared-rig.ts';

/** agents.md: permission requests that wait for a person, and the policies of sessions. */
export function agentPermissionsSuite(door: Door): void {
  describe('permissions', () => {
    const rig = sharedRig(door, { flags: { 'acp-policy': 'deny-all' } });
    const open = (...flags: string[]) => rig().agents.open({ flags, policy: 'ask' });
    const ASK = '[[permission execute|-|ls|List files]]';

    test('one that waits is listed, with the call, the options and when it was asked', async () => {
      await using session = await open();
      const before = Date.now() / 1000;
      const turn = session.prompt(ASK);
      const { id, toolCall, options, requestedAt } = await session.pending();
      expect(id).toMatch(/^p\d+$/);
      expect(toolCall).toMatchObject({ kind: 'execute', title: 'List files', rawInput: { command: 'ls' } });
      expect((options as { kind: string }[]).map(({ kind }) => kind)).toEqual(
        'allow_once allow_always reject_once reject_always'.split(' '),
      );
      expect(requestedAt).toBeGreaterThanOrEqual(Math.floor(before * 1000) / 1000);
      expect(requestedAt).toBeLessThanOrEqual(Date.now() / 1000);
      await session.answer(id, { reply: 'once' });
      await turn;
      expect(await rig().get<unknown[]>(`${session.path}/permissions`)).toEqual([]);
    });

    const ANSWERS: readonly [object, string][] = [
      [{ reply: 'once' }, 'allow'],
      [{ reply: 'always' }, 'always'],
      [{ reply: 'reject' }, 'reject'],
      [{ optionId: 'never' }, 'never'],
    ];
    test.each(ANSWERS)('%j: the option of that kind, once; a second answer is 409', async (json, optionId) => {
      await using session = await open();
      const turn = session.prompt(ASK);
      const { id } = await session.pending();
      const { status, body } = await session.answer(id, json);
      expect({ status, body }).toEqual({ status: 200, body: { id, optionId } });
      expect((await turn).text).toBe(`permission: selected ${optionId}`);
      expect(await session.answer(id, json)).toMatchObject({
        status: 409,
        body: { error: 'the permission request is already answered' },
      });
      const [asked] = await session.of('permission');
      const [answered] = await session.of('permission_answer');
      expect(asked).toMatchObject({ id, toolCall: { title: 'List files' } });
      expect(answered).toMatchObject({ id, optionId, by: 'person', reason: expect.stringMatching(/\w/) });
    });

    test('decided by kind alone, whatever ids, names and order say', async () => {
      await using session = await open('--option-ids', 'odd');
      for (const [reply, optionId] of [
        ['once', ''],
        ['always', 'https://example.org/options#1 ü'],
        ['reject', '1'],
      ] as const) {
        const turn = session.prompt(ASK);
        const { id } = await session.pending();
        expect((await session.answer(id, { reply })).body).toEqual({ id, optionId });
        expect((await turn).text).toBe(`permission: selected ${optionId}`);
      }
    });

    test('one that nobody asked: 404; an option that there is not, an odd answer: 400, and it still waits', async () => {
      await using session = await open();
      const turn = session.prompt(ASK);
      const { id } = await session.pending();
      for (const unknown of ['p99', 'x', `${id}0`])
        expect(await session.answer(unknown, { reply: 'once' })).toMatchObject({
          status: 404,
          body: { error: 'permission request not found' },
        });
      for (const json of [
        {},
        { optionId: 'nope' },
        { reply: 'yes' },
        { reply: true },
        { optionId: 1 },
        { reply: 'once', optionId: 'allow' },
        { reply: null },
      ])
        expect({ json, status: (await session.answer(id, json)).status }).toEqual({ json, status: 400 });
      expect((await session.pending()).id).toBe(id);
      await session.answer(id, { reply: 'reject' });
      expect((await turn).text).toBe('permission: selected reject');
    });

    test('two at once: each has its own answer', async () => {
      await using session = await open();
      const turn = session.prompt('[[permission-twice edit|notes.txt]]');
      const both = await rig().waitFor('both requests', async () => {
        const pending = await rig().get<AgentPermission[]>(`${session.path}/permissions`);
        return pending.length === 2 ? pending : undefined;
      });
      expect((await session.record()).pendingPermissions).toBe(2);
      const [first, second] = both.map(({ id }) => id);
      await session.answer(second ?? '', { reply: 'reject' });
      expect(await session.record()).toMatchObject({ state: 'waiting', pendingPermissions: 1 });
      await session.answer(first ?? '', { reply: 'once' });
      expect((await turn).text).toBe('permission: selected allowpermission: selected reject');
    });

    test('cancelled with its turn', async () => {
      await using session = await open();
      const turn = session.prompt(ASK);
      const { id } = await session.pending();
      await session.cancel();
      expect((await turn).stopReason).toBe('cancelled');
      expect((await session.of('permission_answer'))[0]).toMatchObject({ id, optionId: null, by: 'cancel' });
      expect((await session.answer(id, { reply: 'once' })).status).toBe(409);
      expect(await rig().get<unknown[]>(`${session.path}/permissions`)).toEqual([]);
    });

    test('and with its session: then none waits, and an answer is 409', async () => {
      const session = await open();
      await session.begin(ASK);
      const { id } = await session.pending();
      await session.delete();
      expect(await session.record()).toMatchObject({ state: 'closed', pendingPermissions: 0 });
      expect(await rig().get<unknown[]>(`${session.path}/permissions`)).toEqual([]);
      expect((await session.answer(id, { reply: 'once' })).status).toBe(409);
      expect((await session.of('permission_answer'))[0]).toMatchObject({ id, optionId: null, by: 'cancel' });
    });

    test('nobody answers: rejected after --permission-timeout', async () => {
      await using quick = await Rig.start(door, { flags: { 'permission-timeout': '1', 'acp-policy': 'ask' } });
      const session = await quick.agents.open();
      expect((await session.prompt(ASK)).text).toBe('permission: selected reject');
      expect((await session.of('permission_answer'))[0]).toMatchObject({
        by: 'timeout',
        reason: expect.stringContaining('1 s'),
      });
    });

    test('the policy of a session is its own, else that of the server', async () => {
      await using own = await rig().agents.open({ policy: 'allow-all' });
      expect(await own.say(ASK)).toBe('permission: selected allow');
      await using other = await rig().agents.open();
      expect((await other.record()).policy).toBe('deny-all');
      expect(await other.say(ASK)).toBe('permission: selected reject');
      const [decided] = await other.of('permission_answer');
      expect(decided).toMatchObject({ by: 'policy', reason: expect.stringContaining('deny-all') });
    });

    test('asked before its call is announced, or by id and title alone', async () => {
      await using session = await open();
      for (const [directive, call] of [
        ['permission-first', { title: 'List files', rawInput: { command: 'ls' } }],
        ['permission-bare', { title: 'List files', kind: 'execute' }],
      ] as const) {
        const turn = session.prompt(`[[${directive} execute|-|ls|List files]]`);
        const { id, toolCall } = await session.pending();
        expect(toolCall).toMatchObject(call);
        await session.answer(id, { reply: 'once' });
        expect((await turn).text).toBe('permission: selected allow');
      }
    });
  });
}
