import { describe, expect, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentPermission } from '../../src/protocol/agent-permissions.ts';
import type { Door } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';
import { sharedRig } from './shared-rig.ts';

/** An agent that cannot be asked to end holds no story up. */
const QUICK = { flags: { 'agent-grace': '0.5' } };

/** 1.3 and 1.4 acp: how a job ends, and that nothing of its agent is left. */
export function acpEndSuite(door: Door): void {
  /** Seconds in which an agent has surely begun to speak, on a loaded machine. */
  const ENOUGH_TO_START = door.platform === 'posix' ? 2 : 5;

  describe('the end of an acp job', () => {
    const rig = sharedRig(door, QUICK);
    /** The agent, a child and a daemon of its own, told by one marker. */
    const marked = () => {
      const marker = rig().marker();
      return { marker, child: `[[child ${marker}]]`, marking: ['--marker', marker] };
    };
    const started = (marker: string) =>
      rig().waitFor('agent, child and daemon', () => rig().marked(marker).length >= 3);

    const ENDS: readonly [string, string, object][] = [
      ['its turn', '[[say done]]', { status: 'completed', exitCode: 0, stopReason: 'end_turn' }],
      ['a refusal', '[[refuse]]', { status: 'failed', exitCode: 1, stopReason: 'refusal' }],
      ['an error', '[[error -32000|no]]', { status: 'failed', exitCode: 1, stopReason: 'error' }],
      ['its death', '[[die 5]]', { status: 'failed', exitCode: 1, stopReason: 'error' }],
    ];
    test.each(ENDS)('%s: nothing of the agent is left', async (_what, prompt, record) => {
      const { marker, child, marking } = marked();
      const done = await rig().agents.run(`${child}${prompt}`, { flags: marking });
      expect(done.stdout).toStartWith('left ');
      expect(done).toMatchObject(record);
      expect(rig().marked(marker)).toEqual([]);
    });

    test('a timeout: status, sentence, the text so far, and nothing of the agent is left', async () => {
      const { marker, child, marking } = marked();
      const prompt = `[[say so far ]]${child}[[slow 100]]`;
      const done = await rig().agents.run(prompt, { flags: marking, timeout: ENOUGH_TO_START });
      expect(done).toMatchObject({
        status: 'timeout',
        exitCode: 1,
        timedOut: true,
        stopReason: 'timeout',
        acpError: `ACP session timed out after ${ENOUGH_TO_START}s`,
        stderr: '',
      });
      expect(done.acpSessionId).toStartWith('scripted-');
      expect(done.stdout).toMatch(/^so far left .*tick 0 /);
      expect(done.events?.[0]?.data).toEqual({ content: 'so far ' });
      expect(rig().marked(marker)).toEqual([]);
    });

    const DEAF: readonly [string, readonly string[], string][] = [
      ['ignores the cancel', [], '[[ignore-cancel]]'],
      ['ignores the end of its input and SIGTERM', ['--ignore-eof', '--ignore-term'], '[[ignore-cancel]]'],
    ];
    test.each(DEAF)('an agent that %s is ended all the same', async (_what, flags, directive) => {
      const { marker, child, marking } = marked();
      const prompt = `${directive}${child}[[slow 100]]`;
      const done = await rig().agents.run(prompt, { flags: [...flags, ...marking], timeout: ENOUGH_TO_START });
      expect(done).toMatchObject({ status: 'timeout', exitCode: 1, stopReason: 'timeout' });
      expect(done.stdout).toContain('tick 0 ');
      expect(rig().marked(marker)).toEqual([]);
    });

    test('a timeout of a fraction of a second, and before the agent has said anything', async () => {
      const { marker, marking } = marked();
      const done = await rig().agents.run('x', { flags: ['--hang-initialize', ...marking], timeout: 0.5 });
      expect(done).toMatchObject({
        status: 'timeout',
        exitCode: 1,
        stdout: '',
        acpSessionId: null,
        acpError: 'ACP session timed out after 0.5s',
      });
      expect(rig().marked(marker)).toEqual([]);
    });

    test('a cancel: the agent is told, has its last word, and ends with all it started', async () => {
      const { marker, child, marking } = marked();
      const id = await rig().agents.exec(`[[say begun ]]${child}[[slow 100]]`, { flags: marking });
      await rig().printed(id, 'tick 0 ');
      await started(marker);
      expect(await rig().post(`/jobs/${id}/cancel`)).toEqual({ cancelled: true });
      const done = await rig().finished(id);
      expect(done).toMatchObject({ status: 'failed', cancelled: true, timedOut: false, stopReason: 'cancelled' });
      expect(done.exitCode).not.toBe(0);
      expect(done.stdout).toStartWith('begun ');
      expect(done.acpError).toBeString();
      expect(rig().marked(marker)).toEqual([]);
      expect(await rig().post(`/jobs/${id}/cancel`)).toMatchObject({ cancelled: false });
    });

    test('a cancel while the agent starts', async () => {
      const { marker, marking } = marked();
      const id = await rig().agents.exec('x', { flags: ['--hang-new', ...marking] });
      await rig().waitFor('the agent', () => rig().marked(marker).length > 0);
      await rig().post(`/jobs/${id}/cancel`);
      expect(await rig().finished(id)).toMatchObject({ status: 'failed', cancelled: true, acpSessionId: null });
      expect(rig().marked(marker)).toEqual([]);
    });

    test('a cancel of a job that waits: it says what every acp job says', async () => {
      await using narrow = await Rig.start(door, { flags: { 'max-jobs': '1' } });
      const gate = narrow.gate();
      const first = await narrow.exec(narrow.commands.waitForFile(gate.path));
      await narrow.running(first);
      const id = await narrow.agents.exec('[[say never]]');
      expect(await narrow.job(id)).toMatchObject({ status: 'pending', processAlive: true, mode: 'acp' });
      await narrow.post(`/jobs/${id}/cancel`);
      const nothing = { acpSessionId: null, stopReason: 'cancelled', events: [], stdout: '' };
      expect(await narrow.finished(id)).toMatchObject({ status: 'failed', cancelled: true, ...nothing });
      gate.open();
    });

    test('a terminal that the agent has not released ends with the job', async () => {
      const marker = rig().marker();
      const done = await rig().agents.run(`[[terminal-hold ${rig().commands.hang(marker)}]]`);
      expect(done).toMatchObject({ status: 'completed', stdout: expect.stringContaining('held') });
      expect(rig().marked(marker)).toEqual([]);
    });

    test('nudge and input: an agent has no input for others, and both say so', async () => {
      const id = await rig().agents.exec('[[slow 100]]');
      await rig().printed(id, 'tick 0 ');
      for (const [path, json, said] of [
        ['nudge', {}, 'nudged'],
        ['input', { data: 'x' }, 'accepted'],
      ] as const)
        expect(await rig().post<unknown>(`/jobs/${id}/${path}`, json)).toEqual({
          [said]: false,
          reason: expect.stringMatching(/\w/),
          processAlive: true,
        });
      await rig().post(`/jobs/${id}/cancel`);
      await rig().finished(id);
      expect(await rig().post<unknown>(`/jobs/${id}/nudge`)).toEqual({
        nudged: false,
        reason: 'process not running',
        processAlive: false,
      });
    });

    test('an update is refused while it runs', async () => {
      const id = await rig().agents.exec('[[slow 100]]');
      await rig().printed(id, 'tick 0 ');
      expect(await rig().ask('/update', { method: 'POST' })).toMatchObject({
        status: 409,
        body: { error: 'cannot update while jobs are running', running_jobs: 1 },
      });
      await rig().post(`/jobs/${id}/cancel`);
      await rig().finished(id);
      expect((await rig().ask('/update', { method: 'POST' })).status).toBe(200);
    });

    test('a running job is a session too, by the same id: followed and answered like others', async () => {
      await using asking = await Rig.start(door, { flags: { 'acp-policy': 'ask' } });
      const id = await asking.agents.exec('[[say before]][[permission edit|notes.txt|-|Edit]]');
      const session = asking.agents.session(id);
      const pending = await asking.waitFor('a permission request', async () => {
        const { status, body } = await asking.ask(`/agents/sessions/${id}/permissions`);
        return status === 200 ? (body as AgentPermission[])[0] : undefined;
      });
      expect((await session.record()).state).toBe('waiting');
      expect((await asking.job(id)).status).toBe('running');
      const seen = await session.follow(({ event }) => event === 'permission');
      expect(seen.map(({ id: number }) => number)).toEqual(seen.map((_, index) => index + 1));
      expect(await session.answer(pending.id, { reply: 'once' })).toMatchObject({ status: 200 });
      const done = await asking.finished(id);
      expect(done).toMatchObject({ status: 'completed', stdout: 'beforepermission: selected allow' });
      expect(done.events?.find(({ type }) => type === 'permission')?.data).toMatchObject({ by: 'person' });
    });
  });

  if (!door.mortal) return;
  describe('the server of an acp job', () => {
    test('killed in the middle of a turn: the job has failed, keeps what there was, and the tree is gone', async () => {
      await using rig = await Rig.start(door, QUICK);
      const marker = rig.marker();
      const flags = ['--marker', marker, '--ignore-eof', '--ignore-term'];
      const id = await rig.agents.exec(`[[say half]][[child ${marker}]][[slow 100]]`, { flags });
      const before = await rig.printed(id, 'tick 0 ');
      await rig.waitFor('agent, child and daemon', () => rig.marked(marker).length >= 3);
      await rig.kill9();
      await rig.restart();
      const done = await rig.finished(id);
      expect(done).toMatchObject({ status: 'failed', exitCode: 1, timedOut: false, processAlive: false, mode: 'acp' });
      expect(done.acpError).toContain('the server was killed');
      expect(done.acpSessionId).toBe(before.acpSessionId as string);
      expect(done.stdout).toStartWith('half');
      expect(done.events?.slice(0, 2)).toEqual(before.events?.slice(0, 2) ?? []);
      expect(rig.marked(marker)).toEqual([]);
      const resumed = await rig.agents.run('[[say on]]', { acp_session_id: done.acpSessionId });
      expect(resumed).toMatchObject({ status: 'completed', stdout: 'on' });
    });

    const BEGUN: readonly [string, { timeout?: number }, object][] = [
      ['a cancel', {}, { status: 'failed', cancelled: true, stopReason: 'cancelled' }],
      [
        'a timeout',
        { timeout: ENOUGH_TO_START },
        { status: 'timeout', timedOut: true, exitCode: 1, stopReason: 'timeout', stderr: '' },
      ],
    ];
    test.each(BEGUN)(
      'killed while %s was on its way: the next server brings it to that end',
      async (what, fields, end) => {
        await using rig = await Rig.start(door, { flags: { 'agent-grace': '60' } });
        const id = await rig.agents.exec('[[say half]][[ignore-cancel]][[slow 100]]', fields);
        const { acpSessionId } = await rig.printed(id, 'tick 0 ');
        if (what === 'a cancel') await rig.post(`/jobs/${id}/cancel`);
        await rig.waitFor('the end to be begun', () => existsSync(join(rig.place.data, 'jobs', id, 'ending')));
        await rig.kill9();
        await rig.restart({ 'agent-grace': '0.5' });
        const done = await rig.finished(id);
        expect(done).toMatchObject({ ...end, acpSessionId, processAlive: false });
        expect(done.stdout).toStartWith('half');
        expect(done.events?.[0]?.data).toEqual({ content: 'half' });
      },
    );

    test('a finished job and its events are still there afterwards', async () => {
      await using rig = await Rig.start(door);
      const { jobId } = await rig.agents.run('[[say hi]][[tool t1|read]]');
      // When it began is in its folder no more exactly than files have their times.
      const record = async () => ({ ...(await rig.job(jobId)), startedAt: 0, durationMs: 0 });
      const before = await record();
      await rig.kill9();
      await rig.restart();
      expect(await record()).toEqual(before);
    });

    test.if(door.platform === 'posix')('asked to stop: the job fails and says why, and nothing is left', async () => {
      await using rig = await Rig.start(door, QUICK);
      const marker = rig.marker();
      const id = await rig.agents.exec(`[[child ${marker}]][[slow 100]]`, { flags: ['--marker', marker] });
      await rig.printed(id, 'tick 0 ');
      expect((await rig.stop()).code).toBe(0);
      expect(rig.marked(marker)).toEqual([]);
      await rig.restart();
      expect(await rig.job(id)).toMatchObject({
        status: 'failed',
        exitCode: 1,
        acpError: expect.stringContaining('stopped'),
      });
    });
  });
}
