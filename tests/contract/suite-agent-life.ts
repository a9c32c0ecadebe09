import { describe, expect, test } from 'bun:test';
import type { AgentSessionResource } from '../../src/protocol/agents.ts';
import type { Door } from '../support/doors.ts';
import { textOfChunk } from '../support/rig-agents.ts';
import { Rig } from '../support/rig.ts';
import { sharedRig } from './shared-rig.ts';

const QUICK = { flags: { 'agent-grace': '0.5' } };

/** agents.md: sessions that are opened again, and what becomes of them when their server goes. */
export function agentLifeSuite(door: Door): void {
  describe('resume', () => {
    const rig = sharedRig(door);
    const post = (json: unknown) => rig().ask('/agents/sessions', { json });
    /** A session that has had a turn and is closed. */
    const closed = async (fields = {}) => {
      const session = await rig().agents.open(fields);
      await session.say('[[say what was]]');
      await session.delete();
      return session;
    };

    const AGENTS: readonly [string, readonly string[]][] = [
      ['replays before its answer', []],
      ['replays after its answer', ['--late-replay', '40']],
      ['resumes without a replay', ['--no-load', '--resume']],
    ];
    test.each(AGENTS)(
      'by the id of a record: open again under that id, and its log goes on (%s)',
      async (_how, flags) => {
        await using session = await closed({ flags, policy: 'read-only' });
        const before = await session.record();
        const events = await session.events();
        const { status, body } = await post({ resume: session.id });
        expect({ status, id: (body as AgentSessionResource).id }).toEqual({ status: 201, id: session.id });
        expect(await session.is('idle')).toMatchObject({
          acpSessionId: before.acpSessionId as string,
          agent: before.agent,
          cwd: before.cwd,
          policy: 'read-only',
          createdAt: before.createdAt,
          turns: 1,
        });
        expect(await session.prompt('[[say what is]]')).toMatchObject({ turn: 2, text: 'what is' });
        const after = await session.events();
        expect(after.slice(0, events.length)).toEqual(events);
        expect(after.map(({ id }) => id)).toEqual(after.map((_, index) => index + 1));
        // What was is in the log already: a replay is not told again.
        const chunks = after.filter(({ event }) => event === 'agent_message_chunk');
        expect(chunks.map(({ data }) => textOfChunk(data))).toEqual(['what was', 'what is']);
        expect(
          (await rig().get<AgentSessionResource[]>('/agents/sessions')).filter(({ id }) => id === session.id),
        ).toHaveLength(1);
      },
    );

    test('by an acpSessionId of which there is no record: a new one, whose log has the history', async () => {
      const { acpSessionId } = await rig().agents.run('[[say what was]]');
      await using session = await rig().agents.open({ resume: acpSessionId });
      expect((await session.record()).acpSessionId).toBe(acpSessionId as string);
      expect(await session.prompt('[[say what is]]')).toMatchObject({ turn: 1, text: 'what is' });
      const kinds = (await session.events()).map(({ event }) => event);
      expect(kinds.indexOf('agent_message_chunk')).toBeLessThan(kinds.indexOf('prompt'));
      expect(kinds.filter((kind) => kind === 'agent_message_chunk')).toHaveLength(2);
    });

    test('another agent, folder, policy or model can be given', async () => {
      await using session = await closed({ flags: ['--models'] });
      await rig().agents.begin({ flags: ['--models'], resume: session.id, policy: 'deny-all', model: 'large' });
      await session.is('idle');
      expect(await session.record()).toMatchObject({ policy: 'deny-all' });
      expect(await session.say('[[config model]]')).toBe('model=large');
    });

    test('one that is open: 409; one that the agent had not opened: 409', async () => {
      await using session = await rig().agents.open();
      const { acpSessionId } = await session.record();
      for (const resume of [session.id, acpSessionId]) {
        const { status, body } = await post({ agent: rig().agents.line(), resume });
        expect(status).toBe(409);
        expect((body as { error: string }).error).toContain(`${session.id} is already open`);
      }
      const dead = await rig().agents.begin({ flags: ['--die', '1'] });
      await dead.is('failed');
      expect((await post({ resume: dead.id })).status).toBe(409);
    });

    test('an agent that cannot load sessions, or has lost this one: failed, with the reason; the log stays', async () => {
      const unable = await closed({ flags: ['--no-load'] });
      await post({ resume: unable.id });
      expect((await unable.is('failed')).error).toContain('cannot load sessions');
      expect((await unable.of('turn_end')).map(({ text }) => text)).toEqual(['what was']);
      const lost = await rig().agents.begin({ resume: 'scripted-never' });
      expect((await lost.is('failed')).error).toContain('scripted-never');
    });

    test('a session whose agent has died is opened again', async () => {
      await using session = await rig().agents.open();
      await session.prompt('[[say what was]][[die 9]]');
      await session.is('failed');
      await post({ resume: session.id });
      await session.is('idle');
      expect('error' in (await session.record())).toBe(false);
      expect(await session.prompt('[[say on]]')).toMatchObject({ turn: 2, text: 'on' });
    });
  });

  describe('a server that starts again', () => {
    test('sessions are closed, their logs readable, their numbers go on; and they can be opened again', async () => {
      await using rig = await Rig.start(door, QUICK);
      const marker = rig.marker();
      const session = await rig.agents.open({ flags: ['--marker', marker], policy: 'ask' });
      await session.say('[[say what was]]');
      const before = await session.record();
      const events = await session.events();
      const failed = await rig.agents.begin({ flags: ['--die', '1'] });
      const { error } = await failed.is('failed');
      if (door.mortal && door.platform === 'posix') await rig.stop();
      else if (door.mortal) await rig.kill9();
      await rig.restart();
      expect(rig.marked(marker)).toEqual([]);
      const list = await rig.get<AgentSessionResource[]>('/agents/sessions');
      expect(list.map(({ id, state }) => [id, state])).toEqual([
        [failed.id, 'failed'],
        [session.id, 'closed'],
      ]);
      expect((await failed.record()).error).toBe(error as string);
      const { acpSessionId, agent, cwd, createdAt, title, agentInfo } = before;
      expect(await session.record()).toMatchObject({
        acpSessionId,
        agent,
        cwd,
        createdAt,
        title,
        agentInfo,
        policy: 'ask',
        turns: 1,
      });
      expect((await session.events()).slice(0, events.length)).toEqual(events);
      expect((await rig.ask(`${session.path}/prompt`, { json: { text: 'x' } })).status).toBe(409);
      const all = await session.follow(() => false);
      expect(all.map(({ id }) => id)).toEqual(all.map((_, index) => index + 1));
      expect(all.at(-1)).toMatchObject({ event: 'state', data: { state: 'closed' } });

      await rig.post('/agents/sessions', { resume: session.id });
      await session.is('idle');
      expect(await session.prompt('[[say on]]')).toMatchObject({ turn: 2, text: 'on' });
      expect((await session.events()).map(({ id }) => id)).toEqual(
        (await session.events()).map((_, index) => index + 1),
      );
      expect((await failed.delete()).body).toEqual({ deleted: true, id: failed.id });
    });

    test('--keep-jobs records of ended sessions stay, the newest', async () => {
      await using rig = await Rig.start(door, { flags: { 'keep-jobs': '100' } });
      const ids = [];
      for (let count = 0; count < 103; count += 1) {
        const session = await rig.agents.begin({ agent: 'no-such-agent --acp' });
        await session.is('failed');
        ids.push(session.id);
      }
      const kept = (await rig.get<AgentSessionResource[]>('/agents/sessions')).map(({ id }) => id);
      expect(kept).toEqual(ids.slice(3).toReversed());
    });
  });

  if (!door.mortal) return;
  describe('a server that is killed in the middle of a turn', () => {
    test('the log up to then is whole, the session says what happened, the tree is gone; resume brings it back', async () => {
      await using rig = await Rig.start(door, QUICK);
      const marker = rig.marker();
      const flags = ['--marker', marker, '--ignore-eof', '--ignore-term'];
      const session = await rig.agents.open({ flags });
      await session.say('[[say what was]]');
      await session.begin(`[[say half]][[child ${marker}]][[slow 60]]`);
      await session.said('tick 0');
      await session.begin('[[say never]]');
      const seen = await session.events();
      await rig.kill9();
      await rig.restart();
      expect(rig.marked(marker)).toEqual([]);
      const record = await session.record();
      expect(record).toMatchObject({ state: 'closed', turns: 3, queued: 0, pendingPermissions: 0 });
      expect(record.error).toMatch(/killed\b.*turn 2/);
      expect(record.pid).toBeUndefined();
      const events = await session.events();
      expect(events.slice(0, seen.length)).toEqual(seen);
      expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1));
      const ends = events.filter(({ event }) => event === 'turn_end').map(({ data }) => data as object);
      expect(ends).toMatchObject([
        { turn: 1, stopReason: 'end_turn' },
        { turn: 2, stopReason: 'error', error: record.error },
        { turn: 3, stopReason: 'error' },
      ]);
      expect(events.at(-1)).toMatchObject({ event: 'state', data: { state: 'closed', error: record.error } });
      // And once only: a further start finds it closed.
      await rig.restart();
      expect(await session.events()).toEqual(events);

      await rig.post('/agents/sessions', { resume: session.id });
      await session.is('idle');
      expect('error' in (await session.record())).toBe(false);
      expect(await session.prompt('[[say on]]')).toMatchObject({ turn: 4, text: 'on' });
    });

    test('a permission that waited is no longer pending', async () => {
      await using rig = await Rig.start(door, QUICK);
      const session = await rig.agents.open({ policy: 'ask' });
      await session.begin('[[permission edit|notes.txt]]');
      const { id } = await session.pending();
      await rig.kill9();
      await rig.restart();
      expect(await session.record()).toMatchObject({ state: 'closed', pendingPermissions: 0 });
      expect(await rig.get<unknown[]>(`${session.path}/permissions`)).toEqual([]);
      expect((await session.answer(id, { reply: 'once' })).status).toBe(409);
    });
  });
}
