/** The library as its users have it: the built file in a real Node, and the source in Bun. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildLibrary } from '../../../src/release/build/build-library.ts';
import { scriptedAgent, scriptedAgentLine } from '../../support/agents/scripted.ts';
import { Sandbox } from '../../support/sandbox.ts';
import { Caller, SOURCE } from './caller.ts';

const built = new Sandbox();
beforeAll(() => buildLibrary(built.path));
afterAll(() => built[Symbol.dispose]());

/** The oldest Node that counts is the one that `npm` runs on. */
const DOORS: Readonly<Record<string, () => Caller>> = {
  'the built file in Node': () => new Caller('node', join(built.path, 'acp-client.mjs')),
  'the source in Bun': () => new Caller(process.execPath, SOURCE),
};

describe.each(Object.entries(DOORS))('%s', (_name, open) => {
  test('a prompt ends with what the agent said and did, and nothing of it is left', async () => {
    using caller = open();
    const prompt =
      '[[say Hello ]][[tool t1|edit|Edit it]][[permission execute|-|ls]][[usage]][[stderr note]][[say end]]';
    const { result, events, stderr } = await caller.run({ agent: scriptedAgent(), prompt });
    expect(result).toMatchObject({
      text: 'Hello permission: selected rejectend',
      stopReason: 'end_turn',
      usage: { inputTokens: 11, outputTokens: 7, totalTokens: 18 },
      stderr: 'note\n',
      warnings: [],
    });
    expect(result?.sessionId).toStartWith('scripted-');
    // Announced, asked for and updated, and each is one.
    expect(result?.toolCalls).toMatchObject([
      { toolCallId: 't1', kind: 'edit', title: 'Edit it', status: 'completed', content: [{ type: 'diff' }] },
      { kind: 'execute', rawInput: { command: 'ls' }, status: 'failed' },
    ]);
    expect(result?.toolCalls[0]).not.toHaveProperty('sessionUpdate');
    expect(events.map(({ event }) => event)).toContainValues(['state', 'tool_call', 'turn_end', 'stderr']);
    expect(events.at(-1)).toMatchObject({ event: 'state', data: { state: 'closed' } });
    expect(stderr).toBe('');
    expect(caller.leftBehind()).toEqual([]);
    expect(caller.files()).toEqual([]);
  });

  test('an agent may do nothing that its caller has not allowed', async () => {
    using caller = open();
    const prompt = `[[permission edit|${caller.file('a')}]][[write ${caller.file('a')}|x]][[read ${caller.file('a')}]][[terminal touch b]]`;
    const { result } = await caller.run({ agent: scriptedAgent(), prompt });
    expect(result?.text).toMatch(/^permission: selected rejectwrite failed: .*read failed: .*terminal failed: /);
    expect(caller.files()).toEqual([]);
  });

  test('a policy lets it work in the folder, and nowhere else', async () => {
    using caller = open();
    using other = new Sandbox();
    const prompt = [
      `[[permission edit|${caller.file('a')}]][[permission edit|${other.file('a')}]]`,
      `[[write ${caller.file('a')}|one]][[read ${caller.file('a')}]][[write ${other.file('a')}|x]]`,
      '[[terminal echo out; echo error >&2; echo $MARK; exit 3]]',
    ].join('');
    const env = { MARK: 'from the caller' };
    const { result } = await caller.run({ agent: scriptedAgent(), prompt, permission: 'workdir', env });
    expect(result?.text).toStartWith(
      'permission: selected allowpermission: selected rejectwrittenread: onewrite failed',
    );
    expect(result?.text).toEndWith('terminal: exit 3: out\nerror\nfrom the caller\n');
    expect(readFileSync(caller.file('a'), 'utf8')).toBe('one');
    expect(existsSync(other.file('a'))).toBe(false);
    expect(caller.leftBehind()).toEqual([]);
  });

  test('a function of the caller’s is asked for everything', async () => {
    using caller = open();
    const prompt = `[[permission-first edit|${caller.file('a')}]][[write ${caller.file('a')}|one]][[terminal echo hi]]`;
    const agent = scriptedAgent();
    const yes = await caller.run({ agent, prompt, reply: 'once' });
    expect(yes.result?.text).toBe('permission: selected allowwrittenterminal: exit 0: hi\n');
    expect(yes.asked.map(({ method }) => method)).toEqual([
      'session/request_permission',
      'fs/write_text_file',
      'terminal/create',
    ]);
    expect(yes.asked[0]?.toolCall).toMatchObject({ kind: 'edit', rawInput: { path: caller.file('a') } });
    expect(yes.asked[1]?.toolCall).toMatchObject({
      kind: 'edit',
      rawInput: { path: caller.file('a'), content: 'one' },
    });
    expect(yes.asked[2]?.toolCall).toMatchObject({ kind: 'execute', rawInput: { command: 'echo hi' } });

    const no = await caller.run({ agent, prompt: prompt.replaceAll('/a', '/b'), reply: 'reject' });
    expect(no.result?.text).toMatch(/^permission: selected rejectwrite failed: .*terminal failed: /);
    expect(existsSync(caller.file('b'))).toBe(false);

    const odd = scriptedAgent('--option-ids', 'odd');
    const chosen = await caller.run({
      agent: odd,
      prompt: '[[permission edit|/x]]',
      reply: { optionId: 'allow_once' },
    });
    expect(chosen.result?.text).toBe('permission: selected allow_once');
    const wrong = await caller.run({ agent, prompt: '[[permission edit|/x]]', reply: { optionId: 'no such' } });
    expect(wrong.result?.text).toBe('permission: selected reject');
  });

  test('what the function allows stays in the folder all the same', async () => {
    using caller = open();
    using other = new Sandbox();
    const prompt = `[[write ${other.file('a')}|x]]`;
    const { result, asked } = await caller.run({ agent: scriptedAgent(), prompt, reply: 'always' });
    expect(asked).toHaveLength(1);
    expect(result?.text).toContain('write failed');
    expect(existsSync(other.file('a'))).toBe(false);
  });

  test('a session goes on later, and what was said is not said again', async () => {
    using caller = open();
    const agent = scriptedAgent();
    const first = await caller.run({ agent, prompt: '[[say remembered]][[tool t1|edit|Edit it]]' });
    const resume = first.result?.sessionId ?? '';
    const { result } = await caller.run({ agent, resume, prompt: '[[say again]]' });
    expect(result).toMatchObject({ sessionId: resume, text: 'again', toolCalls: [] });
    const late = await caller.run({ agent: scriptedAgent('--late-replay', '20'), resume, prompt: '[[say third]]' });
    expect(late.result?.text).toBe('third');
  });

  test('model, effort and mode are set, and one that is not there is a warning', async () => {
    using caller = open();
    const agent = scriptedAgent('--models', '--modes');
    const mode = 'https://example.org/modes#code';
    const prompt = '[[config model]] [[config effort]] [[config mode]]';
    const { result } = await caller.run({ agent, prompt, model: 'large', effort: 'high', mode });
    expect(result).toMatchObject({ text: `model=largeeffort=highmode=${mode}`, warnings: [] });
    const wrong = await caller.run({ agent, prompt: '[[config model]]', model: 'huge' });
    expect(wrong.result).toMatchObject({ text: 'model=small', warnings: [expect.stringContaining('huge')] });
  });

  test('a command line is split, blocks are sent as they are, and without a prompt a session is only opened', async () => {
    using caller = open();
    const prompt = [
      { type: 'text', text: '[[blocks]]' },
      { type: 'resource_link', uri: 'file:///x', name: 'x' },
    ];
    const { result } = await caller.run({ agent: scriptedAgentLine(), prompt });
    expect(result?.text).toMatch(/text.*resource_link/);
    const none = await caller.run({ agent: scriptedAgentLine(), prompt: '' });
    expect(none.result).toMatchObject({ stopReason: 'no_prompt', text: '' });
    expect(none.result?.sessionId).toStartWith('scripted-');
  });

  test('a timeout cancels the prompt, keeps what was said, and ends everything', async () => {
    using caller = open();
    const agent = scriptedAgent('--ignore-eof', '--ignore-term');
    const prompt = '[[ignore-cancel]][[say partial]][[child marker]][[tool t1|read|Read]][[slow 600]]';
    const { error, events } = await caller.run({ agent, prompt, timeoutMs: 4000, graceMs: 200 });
    expect(error).toMatchObject({
      name: 'PromptError',
      isPromptError: true,
      message: 'the agent took more than 4000 ms',
      failure: { reason: 'timed-out', timeoutMs: 4000 },
    });
    expect(error?.progress?.text).toStartWith('partial');
    expect(error?.progress?.toolCalls).toMatchObject([{ toolCallId: 't1' }]);
    expect(error?.progress?.sessionId).toStartWith('scripted-');
    expect(events.find(({ event }) => event === 'turn_end')).toBeDefined();
    expect(caller.leftBehind()).toEqual([]);
  });

  test('an agent that can be cancelled ends its turn itself', async () => {
    using caller = open();
    const { error, events } = await caller.run({
      agent: scriptedAgent(),
      prompt: '[[say partial]][[slow 600]]',
      abortAt: 'agent_message_chunk',
      // Longer than the test may take: only an answer of the agent ends the turn.
      graceMs: 600_000,
    });
    expect(error).toMatchObject({ reason: 'aborted', isPromptError: true, message: 'the prompt was aborted' });
    expect(error?.progress?.text).toStartWith('partial');
    expect(events.find(({ event }) => event === 'turn_end')?.data).toMatchObject({ stopReason: 'cancelled' });
    expect(caller.leftBehind()).toEqual([]);
  });

  test('it can be aborted before the agent has said anything, and before there is one', async () => {
    using caller = open();
    const agent = scriptedAgent('--hang-initialize', '--ignore-eof', '--ignore-term');
    const options = { agent, prompt: 'x', graceMs: 100 };
    // The first event comes before the agent is started.
    const starting = await caller.run({ ...options, abortAt: 'state' });
    expect(starting.error?.reason).toBe('aborted');
    const before = await caller.run({ ...options, abortAt: 'start' });
    expect(before).toMatchObject({ error: { reason: 'aborted' }, events: [] });
    const hanging = await caller.run({ ...options, timeoutMs: 1000 });
    expect(hanging.error?.reason).toBe('timed-out');
    expect(caller.leftBehind()).toEqual([]);
  });

  test('what children an agent leaves behind goes with it', async () => {
    using caller = open();
    const { result } = await caller.run({ agent: scriptedAgent(), prompt: '[[child marker]][[say done]]' });
    expect(result?.text).toContain('done');
    expect(caller.leftBehind()).toEqual([]);
  });

  test('each failure says what it is', async () => {
    using caller = open();
    const agent = scriptedAgent();
    const failures: readonly (readonly [Parameters<Caller['run']>[0], object, RegExp])[] = [
      [{ agent: 'no-such-agent --acp' }, { reason: 'command-not-found', command: 'no-such-agent' }, /no-such-agent/],
      [{ agent: '"unclosed' }, { reason: 'command-invalid' }, /character 1/],
      [{ agent: '' }, { reason: 'command-invalid' }, /empty/],
      [{ agent, workdir: '/no/such/folder' }, { reason: 'workdir-missing' }, /no folder/],
      [{ agent: scriptedAgent('--die', '5') }, { reason: 'agent-ended', exitCode: 5 }, /exit code 5.*cannot start/s],
      [{ agent, prompt: '[[stderr last words]][[die 7]]' }, { exitCode: 7, stderr: 'last words\n' }, /last words/],
      [{ agent, prompt: '[[die SIGKILL]]' }, { reason: 'agent-ended', exitCode: 137 }, /137/],
      [
        { agent: scriptedAgent('--auth') },
        { reason: 'login-required', authMethods: [{ id: 'scripted-login' }] },
        /Log in to Scripted/,
      ],
      [{ agent, prompt: '[[error -32000|Log in first]]' }, { reason: 'login-required' }, /Log in first/],
      [{ agent, prompt: '[[error -32603|Overloaded]]' }, { reason: 'agent-error', code: -32603 }, /Overloaded/],
      [{ agent: scriptedAgent('--no-load'), resume: 'x' }, { reason: 'agent-error' }, /cannot load sessions/],
    ];
    for (const [options, failure, message] of failures) {
      const { error, result } = await caller.run(options);
      expect(result).toBeUndefined();
      expect(error).toMatchObject({ isPromptError: true, failure });
      expect(error?.message).toMatch(message);
    }
    const missing = await caller.run({ agent: 'no-such-agent', env: { PATH: '/usr/bin:/nowhere' } });
    expect(missing.error?.failure).toMatchObject({ lookedIn: ['/usr/bin', '/nowhere'], extensions: [] });
    expect(caller.leftBehind()).toEqual([]);
  });

  test('a mistake of the caller’s is told as what it is, and nothing is left', async () => {
    using caller = open();
    const agent = scriptedAgent();
    const thrown = await caller.run({ agent, prompt: '[[say x]][[slow 600]]', eventError: 'agent_message_chunk' });
    expect(thrown.error).toMatchObject({ name: 'Error', message: 'thrown at agent_message_chunk' });
    const early = await caller.run({ agent, prompt: 'x', eventError: 'state' });
    expect(early.error).toMatchObject({ name: 'Error', message: 'thrown at state' });
    const asked = await caller.run({ agent, prompt: '[[permission edit|/x]][[slow 600]]', replyError: 'mine' });
    expect(asked.error).toMatchObject({ name: 'Error', message: 'mine' });
    const policy = await caller.run({ agent, permission: 'ask' as 'workdir' });
    expect(policy.error).toMatchObject({ name: 'TypeError', message: expect.stringContaining('deny-all') });
    expect(caller.leftBehind()).toEqual([]);
  });
});
