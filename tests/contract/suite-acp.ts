import { describe, expect, test } from 'bun:test';
import { mkdirSync } from 'node:fs';
import type { Health } from '../../src/protocol/health.ts';
import type { Door } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';
import { Sandbox } from '../support/sandbox.ts';
import { sharedRig } from './shared-rig.ts';

/** 1.3 acp: what a request may hold, and which agent it starts. */
export function acpSuite(door: Door): void {
  const posixOnly = door.platform === 'posix';

  describe('1.3 acp: the request', () => {
    const rig = sharedRig(door);
    const post = (fields: Readonly<Record<string, unknown>>) =>
      rig().ask('/exec', { json: { mode: 'acp', ...fields } });

    test('the server says that it has the mode', async () => {
      const health = await rig().get<Health>('/health');
      expect(health.acp_supported).toBe(true);
      expect(health.execution_modes).toContain('acp');
    });

    const WRONG: Readonly<Record<string, readonly [Readonly<Record<string, unknown>>, string]>> = {
      env: [{ env: { A: 1 } }, 'env must be an object of string key/value pairs'],
      'env that is a list': [{ env: ['A=1'] }, 'env must be an object of string key/value pairs'],
      persistent_session_key: [{ persistent_session_key: 1 }, 'persistent_session_key must be a string'],
      persistent_shell: [{ persistent_session_key: 'k', persistent_shell: 1 }, 'persistent_shell must be a string'],
      'persistent_shell without a key': [{ persistent_shell: {} }, 'persistent_shell must be a string'],
      'a key without a shell': [{ persistent_session_key: 'k' }, 'persistent_shell is required'],
      'a key with an empty shell': [
        { persistent_session_key: 'k', persistent_shell: '' },
        'persistent_shell is required',
      ],
      'an unknown shell': [{ persistent_session_key: 'k', persistent_shell: 'fish' }, 'unsupported shell: fish'],
      agent: [{ agent: 1 }, 'agent must be a string'],
      prompt: [{ prompt: ['hi'] }, 'prompt must be a string'],
      acp_session_id: [{ acp_session_id: {} }, 'acp_session_id must be a string'],
      model: [{ model: true }, 'model must be a string'],
      effort: [{ effort: 3 }, 'effort must be a string'],
    };
    test.each(Object.entries(WRONG))('%s: 400', async (_name, [fields, error]) => {
      expect(await post(fields)).toMatchObject({ status: 400, body: { error } });
    });

    test('what is wrong is told in the inherited order', async () => {
      const all = { env: 1, persistent_session_key: 1, persistent_shell: 1, agent: 1 };
      const seen = [];
      for (const fields of [
        { ...all, mode: 'acpx' },
        all,
        { ...all, env: {} },
        { ...all, env: {}, persistent_session_key: 'k' },
        { ...all, env: {}, persistent_session_key: 'k', persistent_shell: '' },
        { ...all, env: {}, persistent_session_key: 'k', persistent_shell: 'fish' },
        { ...all, env: null, persistent_session_key: null, persistent_shell: null },
      ])
        seen.push((await post(fields)).body);
      expect(seen).toEqual(
        [
          'unsupported mode: acpx',
          'env must be an object of string key/value pairs',
          'persistent_session_key must be a string',
          'persistent_shell must be a string',
          'persistent_shell is required',
          'unsupported shell: fish',
          'agent must be a string',
        ].map((error) => ({ error })),
      );
    });

    test('NUL, an odd timeout and background "end": 400', async () => {
      for (const fields of [{ prompt: 'a\0b' }, { agent: 'a\0' }, { timeout: 'soon' }, { background: 'end' }])
        expect(await post(fields)).toMatchObject({ status: 400, body: { error: expect.any(String) } });
    });

    test('the answer, and the record', async () => {
      const agent = rig().agents.line();
      const { status, body } = await post({ agent, prompt: '[[say hi]]' });
      const { jobId } = body as { jobId: string };
      expect({ status, body }).toEqual({ status: 202, body: { jobId, status: 'pending' } });
      expect(jobId).toMatch(/^[0-9a-f]{12}$/);
      const done = await rig().finished(jobId);
      expect(done.events?.[0]?.timestamp).toBeGreaterThanOrEqual(done.submittedAt);
      expect(done.durationMs).toBeGreaterThan(0);
      expect(done).toMatchObject({
        status: 'completed',
        mode: 'acp',
        command: `[acp] ${agent}`,
        exitCode: 0,
        stdout: 'hi',
        stderr: '',
        timedOut: false,
        processAlive: false,
        acpSessionId: expect.stringMatching(/^scripted-/),
        stopReason: 'end_turn',
        events: [{ type: 'message', timestamp: expect.any(Number), data: { content: 'hi' } }],
      });
      for (const field of ['acpError', 'persistentShell', 'sessionKey', 'cancelled']) expect(field in done).toBe(false);
    });

    test.each([undefined, '', null])('prompt %p: the session is only created', async (prompt) => {
      const id = await rig().exec('', { mode: 'acp', agent: rig().agents.line(), prompt });
      const done = await rig().finished(id);
      expect(done).toMatchObject({ status: 'completed', exitCode: 0, stopReason: 'no_prompt', stdout: '', events: [] });
      expect(done.acpSessionId).toStartWith('scripted-');
    });

    test('workdir is the folder of the agent and of its session, and the default is the server’s own', async () => {
      mkdirSync(rig().path('sub'), { recursive: true });
      const at = (folder: string) => `cwd=${folder} session=${folder}`;
      const own = rig().door.nativePath(rig().place.cwd);
      const sub = rig().door.nativePath(rig().path('sub'));
      expect((await rig().agents.run('[[cwd]]')).stdout).toBe(at(own));
      expect((await rig().agents.run('[[cwd]]', { workdir: sub })).stdout).toBe(at(sub));
    });

    test('a workdir that is missing: the job fails and says so, and no agent was started', async () => {
      const workdir = rig().door.nativePath(rig().path('nowhere'));
      const done = await rig().agents.run('[[say hi]]', { workdir });
      const acpError = `working directory not found: ${workdir}`;
      expect(done).toMatchObject({ status: 'failed', exitCode: 1, stderr: acpError, acpError, stopReason: 'error' });
      expect(done).toMatchObject({ acpSessionId: null, events: [], stdout: '' });
    });

    test('env reaches the agent and its terminals, laid over the server’s own; the key does not', async () => {
      const { commands } = rig();
      const prompt = `[[env GREETING]] [[terminal ${commands.printVariable('GREETING')}]] [[env agent_runtime_API_KEY]]`;
      const { stdout } = await rig().agents.run(prompt, { env: { GREETING: 'hello there' } });
      expect(stdout.replaceAll('\r', '')).toBe(
        'GREETING=hello thereterminal: exit 0: hello there\nagent_runtime_API_KEY unset',
      );
    });

    // Bare words, quotes of either kind and what a shell would take for its own.
    const WORDS: readonly [string, readonly string[]][] = posixOnly
      ? [
          [`one 'two words' "three words" f\\ our`, ['one', 'two words', 'three words', 'f our']],
          [`$HOME ; * & | > out "" '"'`, ['$HOME', ';', '*', '&', '|', '>', 'out', '', '"']],
        ]
      : [
          [`one "two words" th\\ree`, ['one', 'two words', 'th\\ree']],
          [`%OS% & | > < ^ 'x y'`, ['%OS%', '&', '|', '>', '<', '^', "'x", "y'"]],
        ];
    test.each(WORDS)(
      'the command line %s comes apart by the platform’s rules, and no shell sees it',
      async (line, words) => {
        mkdirSync(rig().path('my agents'), { recursive: true });
        const script = rig().agents.script(rig().path('my agents/agent'));
        const done = await rig().agents.run('[[say hi]]', { agent: `"${script}" ${line}` });
        expect(done).toMatchObject({ status: 'completed', stdout: 'hi' });
        expect(done.stderr).toBe(words.map((word) => `[${word}]\n`).join(''));
      },
    );

    test('a command line that cannot come apart, or names no program: the job fails and says why', async () => {
      for (const agent of ['"unclosed', '   '])
        expect(await rig().agents.run('x', { agent })).toMatchObject({
          status: 'failed',
          exitCode: 1,
          stopReason: 'error',
          acpError: expect.stringContaining('the agent'),
        });
    });

    test('an agent that is not there: the job fails, and names the program and where it was looked for', async () => {
      const done = await rig().agents.run('[[say hi]]', { agent: 'no-such-agent --acp' });
      expect(done).toMatchObject({
        status: 'failed',
        exitCode: 1,
        stopReason: 'error',
        acpSessionId: null,
        events: [],
      });
      expect(done.acpError).toContain('"no-such-agent"');
      expect(done.acpError).toContain(posixOnly ? '/usr/bin' : 'C:\\windows\\system32');
      expect(done.stderr).toBe(done.acpError as string);
      const missing = rig().door.nativePath(rig().path('not-here'));
      expect((await rig().agents.run('x', { agent: missing })).acpError).toContain(missing);
    });
  });

  describe('1.3 acp: the default agent', () => {
    test('is copilot --acp --stdio, from the PATH', async () => {
      using box = new Sandbox();
      await using rig = await Rig.start(door, { env: door.programsIn(box.path) });
      rig.agents.script(box.file('copilot'));
      for (const agent of [undefined, '', null, 'copilot']) {
        const done = await rig.agents.run('[[say hi]]', { agent });
        expect(done).toMatchObject({ status: 'completed', stdout: 'hi', stderr: '[--acp]\n[--stdio]\n' });
        expect(done.command).toBe(agent === 'copilot' ? '[acp] copilot' : '[acp] copilot --acp --stdio');
      }
    });
  });
}
