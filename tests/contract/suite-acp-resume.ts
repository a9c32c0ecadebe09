import { describe, expect, test } from 'bun:test';
import type { Door } from '../support/doors.ts';
import { sharedRig } from './shared-rig.ts';

/** 1.3 acp: a session that goes on in the next job, and what is set before the prompt. */
export function acpResumeSuite(door: Door): void {
  describe('1.3 acp: acp_session_id', () => {
    const rig = sharedRig(door);
    const run = (prompt: string, fields = {}) => rig().agents.run(prompt, fields);
    const first = async () => {
      const { acpSessionId } = await run('[[say what was]][[think of it]][[tool t1|read]]');
      return acpSessionId ?? '';
    };

    const AGENTS: readonly [string, readonly string[]][] = [
      ['replays before its answer', []],
      ['replays after its answer', ['--late-replay', '40']],
      ['resumes without a replay', ['--no-load', '--resume']],
    ];
    test.each(AGENTS)('an agent that %s: the history is neither output nor event', async (_how, flags) => {
      const acpSessionId = await first();
      const done = await run('[[say now]]', { flags, acp_session_id: acpSessionId });
      expect(done).toMatchObject({ status: 'completed', stdout: 'now', acpSessionId, stopReason: 'end_turn' });
      expect(done.events?.map(({ type, data }) => [type, data])).toEqual([['message', { content: 'now' }]]);
    });

    test('a session can be resumed again and again, and only loaded', async () => {
      const acpSessionId = await first();
      for (const prompt of ['[[say second]]', '', '[[say third]]'])
        expect(await run(prompt, { acp_session_id: acpSessionId })).toMatchObject({
          status: 'completed',
          stdout: prompt.slice('[[say '.length, -2),
          stopReason: prompt === '' ? 'no_prompt' : 'end_turn',
          acpSessionId,
        });
    });

    test('a session that the agent does not know, and an agent that cannot load: failed, in the agent’s words', async () => {
      const unknown = await run('[[say x]]', { acp_session_id: 'scripted-never' });
      expect(unknown).toMatchObject({ status: 'failed', exitCode: 1, stopReason: 'error', stdout: '' });
      expect(unknown.acpError).toContain('scripted-never');
      const unable = await run('[[say x]]', { flags: ['--no-load'], acp_session_id: await first() });
      expect(unable).toMatchObject({ status: 'failed', exitCode: 1 });
      expect(unable.acpError).toContain('cannot load sessions');
    });
  });

  describe('1.3 acp: model and effort', () => {
    const rig = sharedRig(door);
    const run = (prompt: string, fields = {}) => rig().agents.run(prompt, fields);
    const SAID = '[[config model]] [[config effort]]';

    test('are set by the options that the agent advertises', async () => {
      const flags = ['--models'];
      expect((await run(SAID, { flags })).stdout).toBe('model=smalleffort=low');
      const done = await run(SAID, { flags, model: 'large', effort: 'high' });
      expect(done).toMatchObject({ status: 'completed', stdout: 'model=largeeffort=high' });
      expect(done.events?.every(({ type }) => type === 'message')).toBe(true);
    });

    test('a model of an agent that has only the older field for it', async () => {
      const { stdout, events } = await run('[[config model]]', { flags: ['--models', '--no-config'], model: 'large' });
      expect(stdout).toBe('model=large');
      expect(events).toHaveLength(1);
    });

    const WITHOUT: readonly [string, readonly string[], object, RegExp][] = [
      ['no such option', ['--modes'], { model: 'large' }, /does not take large for the option model\b/],
      [
        'no options at all',
        ['--no-config'],
        { model: 'large' },
        /does not take large for the option model: it has no such method/,
      ],
      ['no effort', ['--modes'], { effort: 'high' }, /does not take high for the option reasoning_effort\b/],
      ['no such value', ['--models'], { model: 'huge' }, /does not take huge for the option model\b/],
    ];
    test.each(WITHOUT)('an agent with %s: a warning, no failure and no output', async (_what, flags, fields, words) => {
      const done = await run('[[say done]]', { flags, ...fields });
      expect(done).toMatchObject({ status: 'completed', exitCode: 0, stdout: 'done' });
      const [warning, ...more] = done.events?.map(({ type, data }) => ({ type, data })) ?? [];
      expect(warning?.type).toBe('message');
      expect(warning?.data).toEqual({ content: expect.stringMatching(words), warning: true });
      expect(more).toEqual([{ type: 'message', data: { content: 'done' } }]);
    });
  });
}
