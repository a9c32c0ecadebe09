import { describe, expect, test } from 'bun:test';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentResource, AgentSessionResource } from '../../src/protocol/agents.ts';
import type { Health } from '../../src/protocol/health.ts';
import type { Door } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';
import { Sandbox } from '../support/sandbox.ts';
import { sharedRig } from './shared-rig.ts';

/** What is known of a session whose agent has said nothing yet. */
const EMPTY = {
  ...Object.fromEntries(
    'agentInfo capabilities modes models configOptions commands title usage'.split(' ').map((name) => [name, null]),
  ),
  ...Object.fromEntries(['turns', 'queued', 'pendingPermissions'].map((name) => [name, 0])),
};

/** agents.md: agents that are known, and sessions as they are opened, listed and ended. */
export function agentsSuite(door: Door): void {
  describe('GET /agents', () => {
    test('ours and those of config.json, which are opened by their ids, with their environment', async () => {
      using box = new Sandbox();
      await using rig = await Rig.start(door, { env: door.programsIn(box.path) });
      const script = rig.agents.script(box.file('my-agent'));
      rig.agents.script(box.file('copilot'));
      const own = { name: 'My Agent', command: [script, 'word with spaces'], env: { LEVEL: '3' } };
      writeFileSync(
        join(rig.place.data, 'config.json'),
        JSON.stringify({ agents: { mine: own, broken: { command: ['no-such-agent'] } } }),
      );
      await rig.restart();
      const agents = await rig.get<AgentResource[]>('/agents');
      const named = (id: string) => agents.find((agent) => agent.id === id);
      for (const id of 'copilot claude codex gemini opencode kimi qwen goose cline pi'.split(' '))
        expect(named(id)).toMatchObject({ id, name: expect.any(String), homepage: expect.stringMatching(/^https:/) });
      expect(named('copilot')).toMatchObject({ command: 'copilot --acp --stdio' });
      expect(named('mine')).toMatchObject({ name: 'My Agent', installed: true });
      expect(named('broken')).toMatchObject({ name: 'broken', installed: false });

      await using session = await rig.agents.open({ agent: 'mine' });
      expect(await session.say('[[env LEVEL]]')).toBe('LEVEL=3');
      expect(await session.of('stderr')).toEqual([{ text: '[word with spaces]' }]);
      expect((await session.record()).agent).toBe('mine');
      expect((await rig.agents.run('[[env LEVEL]]', { agent: 'mine' })).stdout).toBe('LEVEL=3');
      // Of that name, but something else: it does not answer to --version as copilot does.
      await rig.waitFor('the other copilot to be told apart', async () => {
        const listed = (await rig.get<AgentResource[]>('/agents')).find(({ id }) => id === 'copilot');
        return listed?.installed === false;
      });
      expect((await (await rig.agents.begin({ agent: 'copilot' })).is('failed')).error).toContain('is another program');
    });
  });

  describe('POST /agents/sessions', () => {
    const rig = sharedRig(door, { flags: { 'max-agent-sessions': '3', 'agent-grace': '0.5' } });
    const post = (json: unknown) => rig().ask('/agents/sessions', { json });

    test('201 with the record at once; the session gets its agent, and is idle', async () => {
      const [agent, cwd] = [rig().agents.line('--models', '--modes'), rig().door.nativePath(rig().place.cwd)];
      const before = Date.now() / 1000;
      const { status, body } = await post({ agent, cwd, policy: 'read-only' });
      const opened = body as AgentSessionResource;
      expect({ status, state: opened.state }).toEqual({ status: 201, state: 'starting' });
      const { id, createdAt, lastEventAt, lastEventId, pid, ...rest } = opened;
      expect(rest as object).toEqual({
        ...EMPTY,
        agent,
        cwd,
        policy: 'read-only',
        state: 'starting',
        acpSessionId: null,
      });
      expect([lastEventAt >= createdAt, lastEventId > 0, pid ?? 1]).toEqual([true, true, expect.any(Number)]);
      expect(id).toMatch(/^[0-9a-f]{12}$/);
      expect(createdAt).toBeGreaterThanOrEqual(Math.floor(before * 1000) / 1000);
      await using session = rig().agents.session(id);
      const idle = await session.is('idle');
      expect(idle.acpSessionId).toStartWith('scripted-');
      expect(idle.pid).toBeGreaterThan(0);
      expect(idle).toMatchObject({
        agentInfo: { name: 'scripted', title: 'Scripted Agent', version: '1.0' },
        capabilities: { loadSession: true, promptCapabilities: { image: true } },
        modes: { currentModeId: 'ask' },
        models: { currentModelId: 'small' },
        configOptions: [{ id: 'model' }, { id: 'effort' }, { id: 'mode' }],
      });
      expect('error' in idle).toBe(false);
    });

    test('states: starting, idle, running, waiting, closed, each an event', async () => {
      await using session = await rig().agents.open({ policy: 'ask' });
      await session.begin('[[say hi]][[permission execute|-|ls]]');
      const { id } = await session.pending();
      expect(await session.record()).toMatchObject({ state: 'waiting', pendingPermissions: 1, turns: 1 });
      expect((await rig().get<Health>('/health')).agent_pending_permissions).toBe(1);
      await session.answer(id, { reply: 'once' });
      await session.is('idle');
      await session.begin('[[slow 60]]');
      await session.said('tick 0');
      expect(await session.record()).toMatchObject({ state: 'running', pendingPermissions: 0, turns: 2 });
      await session.delete();
      expect((await session.record()).state).toBe('closed');
      const states = (await session.of('state')).map(({ state }) => state);
      expect(states.slice(0, 7)).toEqual(['starting', 'idle', 'running', 'waiting', 'running', 'idle', 'running']);
      expect(states.at(-1)).toBe('closed');
    });

    test('cwd, env and instructions reach the agent; the default folder is the server’s own', async () => {
      mkdirSync(rig().path('elsewhere'), { recursive: true });
      const cwd = rig().door.nativePath(rig().path('elsewhere'));
      await using session = await rig().agents.open({ cwd, env: { GREETING: 'hello' }, instructions: 'Be brief.' });
      expect(await session.say('[[cwd]] [[env GREETING]] [[env agent_runtime_API_KEY]]')).toBe(
        `cwd=${cwd} session=${cwd}GREETING=helloagent_runtime_API_KEY unset`,
      );
      expect(await session.say('[[blocks]]')).toBe('text');
      await session.delete();
      await using other = await rig().agents.open({ cwd: '', instructions: 'Be brief.' });
      expect(await other.say('[[blocks]]')).toBe('text text');
      expect((await other.record()).cwd).toBe(rig().door.nativePath(rig().place.cwd));
    });

    test('mode, model and effort are set before the first prompt; what cannot be set is a warning', async () => {
      const mode = 'https://example.org/modes#code';
      const flags = ['--models', '--modes'];
      await using session = await rig().agents.open({ flags, mode, model: 'large', effort: 'high' });
      expect(await session.say('[[config model]] [[config effort]] [[config mode]]')).toBe(
        `model=largeeffort=highmode=${mode}`,
      );
      expect(await session.of('warning')).toEqual([]);
      await session.delete();
      await using other = await rig().agents.open({ flags, model: 'huge' });
      expect(await other.of('warning')).toEqual([{ text: expect.stringContaining('huge') }]);
    });

    test('an id that nobody knows: 404, which names the agents that there are', async () => {
      const { status, body } = await post({ agent: 'no-such-agent' });
      expect(status).toBe(404);
      const { error } = body as { error: string };
      for (const word of ['"no-such-agent"', 'copilot', 'claude', 'kimi']) expect(error).toContain(word);
    });

    test('a program that is not there: the session is failed, and the error names it and where it was looked for', async () => {
      await using session = await rig().agents.begin({ agent: 'no-such-agent --acp' });
      const { error } = await session.is('failed');
      expect(error).toContain('"no-such-agent"');
      expect(error).toContain(door.platform === 'posix' ? '/usr/bin' : 'C:\\windows\\system32');
      expect((await rig().ask(`${session.path}/prompt`, { json: { text: 'x' } })).status).toBe(409);
    });

    const FAILING: readonly [string, readonly string[], RegExp][] = [
      ['ends at once', ['--die', '3'], /exit code 3\b.*scripted agent: cannot start/],
      ['wants a login', ['--auth'], /Authentication required.*Log in to Scripted \(scripted-login\)/],
    ];
    test.each(FAILING)(
      'an agent that %s: failed, with the reason, and prompts that waited have ended',
      async (_what, flags, words) => {
        await using session = await rig().agents.begin({ flags });
        const turn = await rig().ask(`${session.path}/prompt?wait=60`, { json: { text: 'x' } });
        const { error, pid } = await session.is('failed');
        expect(error).toMatch(words);
        expect(pid).toBeUndefined();
        // The agent may have been faster than the prompt.
        if (turn.status === 409) return;
        expect(turn.body).toMatchObject({ turn: 1, stopReason: 'error', text: '', error });
      },
    );

    test('a folder that is not there, a command line that cannot come apart, a NUL: 400', async () => {
      const agent = rig().agents.line();
      const cwd = rig().door.nativePath(rig().path('nowhere'));
      const { status, body } = await post({ agent, cwd });
      expect({ status, body }).toEqual({ status: 400, body: { error: `cwd is not a folder: ${cwd}` } });
      for (const json of [{ agent: '"unclosed' }, { agent: 'a\0b' }, { agent, cwd: 'a\0b' }])
        expect((await post(json)).status).toBe(400);
    });

    test('more than --max-agent-sessions: 409, until one is closed; ended ones do not count', async () => {
      expect((await rig().get<Health>('/health')).agent_max_sessions).toBe(3);
      const open = await Promise.all([1, 2, 3].map(() => rig().agents.begin()));
      const refused = await post({ agent: rig().agents.line() });
      expect(refused.status).toBe(409);
      expect((refused.body as { error: string }).error).toMatch(/\b3\b.*--max-agent-sessions/);
      expect((await rig().get<Health>('/health')).agent_sessions).toBe(3);
      await open[1]?.delete();
      const fourth = await rig().agents.open();
      for (const session of [...open, fourth]) await session.delete();
      expect((await rig().get<Health>('/health')).agent_sessions).toBe(0);
    });

    test('GET lists them, newest first, those that have ended too, and reads one', async () => {
      const sessions = [await rig().agents.begin({ flags: ['--die', '1'] }), await rig().agents.open()];
      await sessions[0]?.is('failed');
      const list = await rig().get<AgentSessionResource[]>('/agents/sessions');
      expect(list.slice(0, 2).map(({ id, state }) => [id, state])).toEqual([
        [sessions[1]?.id ?? '', 'idle'],
        [sessions[0]?.id ?? '', 'failed'],
      ]);
      expect(await sessions[1]?.record()).toEqual(list[0]);
      await sessions[1]?.delete();
    });

    test('DELETE closes it with everything its agent started; a second one removes the record', async () => {
      const marker = rig().marker();
      const flags = ['--marker', marker, '--ignore-eof', '--ignore-term'];
      await using session = await rig().agents.open({ flags });
      await session.begin(`[[child ${marker}]][[terminal-hold ${rig().commands.hang(marker)}]][[slow 60]]`);
      await session.said('tick 0');
      await rig().waitFor('agent, child, daemon and terminal', () => rig().marked(marker).length >= 4);
      expect(await session.delete()).toMatchObject({ status: 200, body: { deleted: false, id: session.id } });
      // In Wine a program that was ended while it was being started may be seen for a moment more.
      if (door.platform === 'windows') await rig().waitFor('the end of all', () => rig().marked(marker).length === 0);
      expect(rig().marked(marker)).toEqual([]);
      const record = await session.record();
      expect(record).toMatchObject({ state: 'closed', turns: 1 });
      expect(record.pid).toBeUndefined();
      expect((await session.of('turn_end'))[0]).toMatchObject({ turn: 1, stopReason: 'cancelled' });
      expect(await session.delete()).toMatchObject({ status: 200, body: { deleted: true, id: session.id } });
      for (const [method, path] of [
        ['GET', session.path],
        ['GET', `${session.path}/events`],
        ['GET', `${session.path}/permissions`],
        ['DELETE', session.path],
      ] as const)
        expect(await rig().ask(path, { method })).toMatchObject({
          status: 404,
          body: { error: 'agent session not found' },
        });
    });

    test('DELETE of one that is still starting', async () => {
      for (const flag of ['--hang-initialize', '--hang-new']) {
        const marker = rig().marker();
        await using session = await rig().agents.begin({ flags: [flag, '--marker', marker] });
        await rig().waitFor('the agent', () => rig().marked(marker).length > 0);
        expect(await session.record()).toMatchObject({ state: 'starting', acpSessionId: null });
        await session.delete();
        expect((await session.record()).state).toBe('closed');
        expect(rig().marked(marker)).toEqual([]);
      }
    });

    test('a turn is in the way of an update, a session that waits for a prompt is not', async () => {
      await using session = await rig().agents.open();
      expect((await rig().ask('/update', { method: 'POST' })).status).toBe(200);
      await session.begin('[[slow 60]]');
      expect(await rig().ask('/update', { method: 'POST' })).toMatchObject({
        status: 409,
        body: { error: 'cannot update while agent turns are running', agent_turns: 1 },
      });
    });
  });
}
