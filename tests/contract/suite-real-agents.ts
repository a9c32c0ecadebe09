/**
 * Real agents, offline against a scripted model: what the scripted agent plays by the protocol's text, these do as they
 * are. After each story none of their processes is left.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentEvent, AgentSessionResource, AgentTurn } from '../../src/protocol/agents.ts';
import type { AgentPermission } from '../../src/protocol/agent-permissions.ts';
import { FakeModel } from '../support/agents/model/fake-model.ts';
import { REAL_AGENTS, RealAgents } from '../support/agents/real-agents.ts';
import type { Door } from '../support/doors.ts';
import { isAlive } from '../support/rig-processes.ts';
import { sharedRig } from './shared-rig.ts';

const agents = await RealAgents.installed();
const SLOW = 90_000;
/** As long as the other stories take: enough for an agent to start in, on a loaded machine. */
const LATE_S = 12;

export function realAgentSuite(door: Door): void {
  describe.skipIf(agents === undefined).each(REAL_AGENTS)(`the real agent %s, ${door.name}`, (name) => {
    const model = FakeModel.start();
    const rig = sharedRig(door, { flags: { 'agent-grace': '1' } });
    const story = `story-${crypto.randomUUID()}`;
    afterAll(() => model[Symbol.asyncDispose]());

    const described = (mark = story) => {
      if (agents === undefined) throw new Error('skipped');
      const { argv, env } = agents.agent(name, model, join(rig().place.home, name));
      return { agent: argv.join(' '), env: { ...env, AGENT_STORY: mark } };
    };
    const submit = async (prompt: string, more: object = {}) => {
      const request = { ...described(), mode: 'acp', prompt, workdir: rig().place.cwd, ...more };
      return (await rig().post<{ jobId: string }>('/exec', request)).jobId;
    };
    const job = async (prompt: string, more: object = {}) => rig().finished(await submit(prompt, more));
    const open = (more: object = {}) =>
      rig().post<AgentSessionResource>('/agents/sessions', { ...described(), cwd: rig().place.cwd, ...more });
    const prompt = (id: string, text: string) =>
      rig().post<AgentTurn>(`/agents/sessions/${id}/prompt?wait=60`, { text });
    const until = (id: string, state: AgentSessionResource['state']) =>
      rig().waitFor(`the session to be ${state}`, async () => {
        const session = await rig().get<AgentSessionResource>(`/agents/sessions/${id}`);
        return session.state === state;
      });
    const close = async (id: string) => {
      expect(await rig().ask(`/agents/sessions/${id}`, { method: 'DELETE' })).toMatchObject({ status: 200 });
      expect(processesOf(story)).toEqual([]);
    };

    // Goes on beside the other stories, until its own: nobody sits its time out, which the agent's start is within.
    const lateStory = `story-${crypto.randomUUID()}`;
    let late = '';
    beforeAll(async () => {
      late = await submit('[[slow 60]]', { ...described(lateStory), timeout: LATE_S });
    });

    test(
      'a job: a shell command, a file inside, text',
      async () => {
        const path = join(rig().place.cwd, `${name}.txt`);
        const done = await job(`[[shell echo from-the-shell > shell-${name}.txt]][[write ${path}|written]]`);
        expect(done).toMatchObject({ status: 'completed', exitCode: 0, stopReason: 'end_turn', mode: 'acp' });
        expect(done.stdout).toContain('FAKE-DONE 2');
        expect(readFileSync(path, 'utf8')).toBe('written');
        expect(readFileSync(join(rig().place.cwd, `shell-${name}.txt`), 'utf8')).toBe('from-the-shell\n');
        const kinds = new Set(done.events?.map(({ type }) => type));
        expect([...kinds]).toEqual(expect.arrayContaining(['tool_call', 'tool_call_update', 'permission', 'message']));
        expect(processesOf(story)).toEqual([]);
      },
      SLOW,
    );

    test(
      'a write outside of the working directory is refused',
      async () => {
        const path = join(rig().place.home, `outside-${name}.txt`);
        const done = await job(`[[write ${path}|never]]`);
        expect(existsSync(path)).toBe(false);
        expect(done.events?.filter(({ type }) => type === 'permission').map(({ data }) => data)).toEqual([
          expect.objectContaining({ by: 'policy', reason: expect.stringContaining('outside') }),
        ]);
        expect(processesOf(story)).toEqual([]);
      },
      SLOW,
    );

    test(
      'a job that resumes a session: nothing of its history is output',
      async () => {
        const first = await job('[[say the first answer]]');
        const second = await job('[[say the second answer]]', { acp_session_id: first.acpSessionId });
        expect(second).toMatchObject({ acpSessionId: first.acpSessionId, stopReason: 'end_turn' });
        expect(second.stdout).toContain('the second answer');
        expect(second.stdout).not.toContain('the first answer');
        expect(JSON.stringify(second.events)).not.toContain('the first answer');
      },
      SLOW,
    );

    test(
      'a job that is cancelled',
      async () => {
        const jobId = await submit('[[slow 60]]');
        await rig().waitFor('its first words', async () => (await rig().job(jobId)).stdout !== '');
        await rig().post(`/jobs/${jobId}/cancel`);
        expect(await rig().finished(jobId)).toMatchObject({ status: 'failed', exitCode: -1, cancelled: true });
        expect(processesOf(story)).toEqual([]);
      },
      SLOW,
    );

    test(
      'a session: turns, a cancel, another turn, its end, and its resumption',
      async () => {
        const { id } = await open();
        expect((await prompt(id, '[[say one]]')).text).toContain('one');
        const slow = await rig().post<{ turn: number }>(`/agents/sessions/${id}/prompt`, { text: '[[slow 60]]' });
        await until(id, 'running');
        const events = () => rig().get<AgentEvent[]>(`/agents/sessions/${id}/events?format=json&limit=5000`);
        const said = async () => (await events()).findLast(({ event }) => event === 'agent_message_chunk');
        const before = await said();
        await rig().waitFor('its first words', async () => (await said())?.id !== before?.id);
        await rig().post(`/agents/sessions/${id}/cancel`);
        await until(id, 'idle');
        expect((await events()).findLast(({ event }) => event === 'turn_end')?.data).toMatchObject({
          turn: slow.turn,
          stopReason: 'cancelled',
        });
        expect((await prompt(id, '[[say three]]')).text).toContain('three');
        await close(id);
        const again = await open({ resume: id });
        expect(again.id).toBe(id);
        expect(await prompt(id, '[[say four]]')).toMatchObject({ turn: 4, text: expect.stringContaining('four') });
        await close(id);
        const log = JSON.stringify((await events()).filter(({ event }) => event === 'agent_message_chunk'));
        expect(log.split('three')).toHaveLength(2);
      },
      SLOW,
    );

    test(
      'a permission that is answered by hand',
      async () => {
        const { id } = await open({ policy: 'ask' });
        const path = join(rig().place.cwd, `by-hand-${name}.txt`);
        await rig().post(`/agents/sessions/${id}/prompt`, { text: `[[write ${path}|allowed]]` });
        await until(id, 'waiting');
        expect(existsSync(path)).toBe(false);
        const [asked] = await rig().get<AgentPermission[]>(`/agents/sessions/${id}/permissions`);
        await rig().post(`/agents/sessions/${id}/permissions/${asked?.id}`, { reply: 'once' });
        await until(id, 'idle');
        expect(readFileSync(path, 'utf8')).toBe('allowed');
        await close(id);
      },
      SLOW,
    );

    test(
      'a model: the one that was asked for, or a warning',
      async () => {
        const asked = name === 'copilot' ? 'fake-2' : 'nobody';
        const done = await job('[[say x]]', { model: asked });
        expect(done.status).toBe('completed');
        if (name === 'copilot') expect(model.requests.at(-1)?.model).toBe(asked);
        else
          expect(done.events?.map(({ data }) => data)).toContainEqual({
            content: expect.stringContaining('nobody'),
            warning: true,
          });
      },
      SLOW,
    );

    test(
      'a job whose time is over: what came until then is kept',
      async () => {
        const done = await rig().finished(late);
        expect(done).toMatchObject({ status: 'timeout', exitCode: 1, stopReason: 'timeout', timedOut: true });
        expect(done).toMatchObject({ acpError: `ACP session timed out after ${LATE_S}s` });
        expect(done.stdout).not.toBe('');
        expect(processesOf(lateStory)).toEqual([]);
      },
      SLOW,
    );
  });
}

/** Pids of living processes that have this text in their environment. */
function processesOf(story: string): number[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(story);
      } catch {
        return false;
      }
    })
    .map(Number)
    .filter(isAlive);
}
