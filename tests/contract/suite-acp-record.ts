import { describe, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import type { Door } from '../support/doors.ts';
import type { JobView } from '../support/rig.ts';
import { sharedRig } from './shared-rig.ts';

type Event = NonNullable<JobView['events']>[number];

const shown = (events: readonly Event[] | undefined) => events?.map(({ type, data }) => [type, data]);

/** 1.4 acp: what the record of a job says, while it runs and afterwards. */
export function acpRecordSuite(door: Door): void {
  describe('1.4 acp: the record', () => {
    const rig = sharedRig(door);
    const run = (prompt: string, fields = {}) => rig().agents.run(prompt, fields);

    test('stdout is the agent’s text, and nothing else that it sends', async () => {
      const done = await run(
        '[[say one ]][[think hidden]][[plan]][[tool t1|read]][[say two]][[usage]][[say  and ü🎉]]',
      );
      expect(done).toMatchObject({ stdout: 'one two and ü🎉', stopReason: 'end_turn', exitCode: 0 });
      expect(done.stdoutBytes).toBe(Buffer.byteLength('one two and ü🎉'));
    });

    test('a prompt of any text arrives as it is', async () => {
      const prompt = 'line one\nline "two" \\ $HOME %OS% ü🎉\n\ttab';
      expect((await run(prompt)).stdout).toBe(`echo: ${prompt}`);
    });

    test('its events: messages, thoughts, tool calls as the agent sent them', async () => {
      const { events, acpSessionId } = await run(
        '[[think hm]][[say hi]][[plan]][[usage]][[tool t1|edit|Change notes]]',
      );
      const sub = (fields: object) => ({ toolCallId: 't1', ...fields });
      expect(shown(events)).toEqual([
        ['thought', { content: 'hm' }],
        ['message', { content: 'hi' }],
        [
          'tool_call',
          sub({
            sessionUpdate: 'tool_call',
            kind: 'edit',
            title: 'Change notes',
            status: 'pending',
            rawInput: expect.any(Object),
          }),
        ],
        ['tool_call_update', sub({ sessionUpdate: 'tool_call_update', status: 'in_progress' })],
        [
          'tool_call_update',
          sub({
            sessionUpdate: 'tool_call_update',
            status: 'completed',
            content: [
              {
                type: 'diff',
                path: expect.stringContaining('notes.txt'),
                oldText: 'one\ntwo\n',
                newText: 'one\nthree\n',
              },
            ],
          }),
        ],
      ]);
      expect(acpSessionId).toStartWith('scripted-');
      const times = (events ?? []).map(({ timestamp }) => timestamp);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    });

    test('file_read, file_write and terminal_run tell what the agent has used', async () => {
      const path = rig().path('greeting.txt');
      writeFileSync(path, 'good day');
      const [read, written] = [rig().door.nativePath(path), rig().door.nativePath(rig().path('written.txt'))];
      const command = rig().commands.print('from the terminal');
      const done = await run(`[[read ${read}]][[write ${written}|grüße]][[terminal ${command}]]`);
      expect(done.stdout.replaceAll('\r', '')).toBe('read: good daywrittenterminal: exit 0: from the terminal\n');
      const used = shown(done.events?.filter(({ type }) => /^(file|terminal)/.test(type)));
      expect(used).toEqual([
        ['file_read', { path: read }],
        ['file_write', { path: written, size: 7 }],
        ['terminal_run', { command, args: [], cwd: rig().door.nativePath(rig().place.cwd) }],
      ]);
    });

    test('a permission that was asked for is one event: what for, the options, the answer and why', async () => {
      const command = rig().commands.print('x');
      const { events } = await run(`[[permission execute|-|${command}|Run it]]`);
      const [asked, ...more] = events?.filter(({ type }) => type === 'permission') ?? [];
      expect(more).toEqual([]);
      const data = asked?.data as Record<string, unknown>;
      expect(data).toMatchObject({ tool: 'Run it', optionId: 'allow', by: 'policy' });
      expect((data['options'] as { kind: string }[]).map(({ kind }) => kind)).toEqual([
        'allow_once',
        'allow_always',
        'reject_once',
        'reject_always',
      ]);
      expect(data['reason']).toMatch(/\w+ .*\./);
    });

    test('the last 500 events', async () => {
      const { events, stdout } = await run('[[updates 620]]');
      expect(events).toHaveLength(500);
      expect(events?.[0]?.data).toEqual({ content: 'update 120 ' });
      expect(events?.at(-1)?.data).toEqual({ content: 'update 619 ' });
      expect(stdout).toBe(Array.from({ length: 620 }, (_, index) => `update ${index} `).join(''));
    });

    test('stderr is the last 10,000 characters of the agent’s', async () => {
      const line = `${'e'.repeat(5_999)}!`;
      const { stderr, stderrTruncated } = await run(`[[stderr first]][[stderr ${line}]][[stderr ${line}]]`);
      expect(stderr).toBe(`first\n${line}\n${line}\n`.slice(-10_000));
      expect(stderrTruncated).toBe(true);
      expect((await run('[[stderr all of it]]')).stderr).toBe('all of it\n');
    });

    test('while it runs: text, events and session id so far, and no end yet', async () => {
      const { agents: asks } = rig();
      const id = await asks.exec('[[say begun ]][[stderr grumble]][[slow 60]]');
      await rig().printed(id, 'begun tick 0 ');
      // The two streams of an agent do not wait for each other.
      const job = await rig().waitFor('its stderr', async () => {
        const soFar = await rig().job(id);
        return soFar.stderr === '' ? undefined : soFar;
      });
      expect(job).toMatchObject({ status: 'running', processAlive: true, mode: 'acp', stderr: 'grumble\n' });
      expect(job.acpSessionId).toStartWith('scripted-');
      expect(job.events?.[0]).toMatchObject({ type: 'message', data: { content: 'begun ' } });
      for (const field of ['exitCode', 'stopReason', 'acpError', 'timedOut', 'durationMs'])
        expect(field in job).toBe(false);
      const told = await rig().events(id, { until: ({ event }) => event === 'stdout' });
      expect(told.at(-1)?.data.text).toStartWith('begun ');
      expect((await rig().get<JobView[]>('/jobs')).find(({ jobId }) => jobId === id)?.status).toBe('running');
      await rig().post(`/jobs/${id}/cancel`);
      await rig().finished(id);
    });

    test('the whole output is at its route, and the end in the event stream', async () => {
      const id = await rig().agents.exec('[[say all of it]]');
      await rig().finished(id);
      expect(await (await rig().request(`/jobs/${id}/output?stream=stdout`)).text()).toBe('all of it');
      expect((await rig().events(id)).at(-1)).toMatchObject({
        event: 'end',
        data: { status: 'completed', exitCode: 0 },
      });
    });

    const ENDS: readonly [string, string, string | RegExp][] = [
      ['[[refuse]]', 'refusal', 'the turn has ended with refusal'],
      ['[[max-tokens]]', 'max_tokens', 'the turn has ended with max_tokens'],
      ['[[error -32603|out of tokens]]', 'error', 'out of tokens'],
      ['[[stderr the disk is gone]][[die 7]]', 'error', /exit code 7\b.*the disk is gone/],
    ];
    test.each(ENDS)('%s fails with 1, says why and keeps the text', async (directive, stopReason, acpError) => {
      const done = await run(`[[say so far]]${directive}`);
      expect(done).toMatchObject({ status: 'failed', exitCode: 1, stopReason, stdout: 'so far', timedOut: false });
      expect(done.acpError).toMatch(acpError);
      expect(done.acpSessionId).toStartWith('scripted-');
      expect(shown(done.events)).toEqual([['message', { content: 'so far' }]]);
    });

    test('an agent that ends at its start, or wants a login: failed, and the reason names what is to be done', async () => {
      const dead = await run('x', { flags: ['--die', '3'] });
      expect(dead).toMatchObject({ status: 'failed', exitCode: 1, stopReason: 'error', acpSessionId: null });
      expect(dead.acpError).toMatch(/exit code 3\b.*scripted agent: cannot start/);
      expect(dead.stderr).toBe('scripted agent: cannot start\n');
      const login = await run('x', { flags: ['--auth'] });
      expect(login).toMatchObject({ status: 'failed', exitCode: 1, stopReason: 'error' });
      expect(login.acpError).toMatch(/Authentication required.*Log in to Scripted \(scripted-login\)/);
    });
  });
}
