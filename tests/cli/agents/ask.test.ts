/** `ask`, by a program. */
import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { waitFor } from '../../support/wait.ts';
import { runInProcess } from '../in-process.ts';
import { jsonLines, World } from '../world.ts';
import { shell, tools } from './scripts.ts';
import { StandIn } from './stand-in.ts';

describe('ask, by a program', () => {
  test('shows what the agent says on stdout and what it does on stderr, and closes its session', async () => {
    using server = new StandIn(tools);
    await using world = World.empty();
    expect(await world.cli(['ask', 'Well?'], { env: server.env, cwd: world.home })).toEqual({
      code: 0,
      stdout: 'Let me see.\nAll is well.\n',
      stderr: '[done] execute: Run the tests\n[failed] /w/a.ts\n[pending] Never done\n',
    });
    expect(server.session.requests).toEqual([{ policy: 'workdir', cwd: world.home }]);
    expect(server.session.record.state).toBe('closed');
    const verbose = await world.cli(['ask', 'Well?', '--verbose'], { env: server.env });
    expect(verbose.stderr).toStartWith('Hm.\n[done]');
  });

  test('shows the text as it comes', async () => {
    const gate = Promise.withResolvers<void>();
    using server = new StandIn(async (agent) => {
      agent.says('early');
      await gate.promise;
      agent.says(', late');
      return 'end_turn';
    });
    await using world = World.empty();
    const typed = world.type(['ask', 'Well?'], { env: server.env });
    await typed.says('early');
    expect(typed.stdout).toBe('early');
    gate.resolve();
    expect(await typed.done()).toEqual({ code: 0, stdout: 'early, late\n', stderr: '' });
  });

  test('takes the prompt from standard input, and passes its options on', async () => {
    using server = new StandIn((agent, prompt) => {
      agent.says(prompt);
      return 'end_turn';
    });
    await using world = World.empty();
    const options = { env: server.env, stdin: 'one\ntwo\n', cwd: world.folder };
    expect((await world.cli(['ask'], options)).stdout).toBe('one\ntwo\n');
    const flags = '--agent claude --cwd home --policy read-only --model big --mode plan --effort high --timeout 9.5';
    expect((await world.cli(['ask', '-', ...flags.split(' ')], options)).stdout).toBe('one\ntwo\n');
    expect(server.session.requests).toEqual([
      {
        agent: 'claude',
        cwd: world.home,
        policy: 'read-only',
        model: 'big',
        mode: 'plan',
        effort: 'high',
        timeout: 9.5,
      },
    ]);
    expect((await world.cli(['ask'], { ...options, stdin: ' \n' })).code).toBe(2);
  });

  test('shows control bytes of the agent as text', async () => {
    using server = new StandIn((agent) => {
      agent.says('a\u001b]0;owned\u0007b\tc\r');
      agent.says('\nd\u009b2J\re\n');
      agent.update('tool_call', { toolCallId: 't', title: 'x\u001b[2J\ny\u202ez', status: 'completed' });
      return 'end_turn';
    });
    await using world = World.empty();
    expect(await world.cli(['ask', 'Well?'], { env: server.env })).toEqual({
      code: 0,
      stdout: String.raw`a\u001b]0;owned\u0007b` + '\tc\n' + String.raw`d\u009b2J\re` + '\n',
      stderr: String.raw`[done] x\u001b[2J\ny\u202ez` + '\n',
    });
  });

  test.each([
    ['refusal', 1, 'the turn has ended: refusal'],
    ['max_tokens', 1, 'the turn has ended: max_tokens'],
    ['timeout', 124, 'the turn has ended: timeout'],
  ])('a turn that ends with %s has exit code %d', async (stopReason, code, said) => {
    using server = new StandIn(() => stopReason);
    await using world = World.empty();
    const done = await world.cli(['ask', 'Well?'], { env: server.env });
    expect(done).toMatchObject({ code, stderr: expect.stringContaining(said) });
  });

  test('says why the agent has failed, and leaves its record', async () => {
    using server = new StandIn((agent) => {
      agent.says('half a');
      throw new Error('exit code 3');
    });
    await using world = World.empty();
    const done = await world.cli(['ask', 'Well?'], { env: server.env });
    expect(done).toMatchObject({ code: 1, stdout: 'half a\n', stderr: expect.stringContaining('exit code 3') });
    expect(server.session.record.state).toBe('failed');
    expect(await world.cli(['ask', 'Well?', '--agent', 'nobody'], { env: server.env })).toEqual({
      code: 1,
      stdout: '',
      stderr: 'agent-server: the server says: there is no agent nobody; there are: copilot, claude\n',
    });
  });

  test('--json prints the session and its events, one a line', async () => {
    using server = new StandIn(tools);
    await using world = World.empty();
    const { code, stdout, stderr } = await world.cli(['ask', 'Well?', '--json'], { env: server.env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = jsonLines(stdout) as { event: string; data: object }[];
    expect(lines[0]).toMatchObject({ event: 'session', data: { id: server.session.record.id } });
    expect(lines.map(({ event }) => event)).toContain('tool_call');
    expect(lines.at(-1)).toMatchObject({ event: 'turn_end', data: { turn: 1, stopReason: 'end_turn' } });
  });

  test('--keep leaves the session open, and --session goes on with it or opens it again', async () => {
    using server = new StandIn((agent, prompt) => {
      agent.says(prompt);
      return 'end_turn';
    });
    await using world = World.empty();
    const ask = (...args: string[]) => world.cli(['ask', ...args], { env: server.env });
    const first = await ask('one', '--keep');
    const { id } = server.session.record;
    expect(first.stderr).toContain(`session ${id} stays open; go on with: npm start -- ask --session ${id}`);
    expect(server.session.record.state).toBe('idle');
    expect(await ask('two', '--session', id, '--model', 'big')).toEqual({ code: 0, stdout: 'two\n', stderr: '' });
    expect(server.session.requests.at(-1)).toEqual({ model: 'big' });
    expect(server.session.record.state).toBe('idle');
    expect(await ask('two', '--session', id, '--policy', 'ask')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is already open'),
    });

    server.session.state('closed');
    expect((await ask('three', '--session', id)).stdout).toBe('three\n');
    expect(server.session.requests.at(-1)).toEqual({ policy: 'workdir', resume: id });
    expect(server.session.record.state).toBe('closed');
    expect((await ask('four', '--session', 'aaaaaaaaaaaa')).stderr).toContain('session not found');
  });

  test('shows nothing of a turn that runs before its own', async () => {
    const gate = Promise.withResolvers<void>();
    using server = new StandIn((agent, prompt) => {
      agent.says(`answer to ${prompt}`);
      return 'end_turn';
    });
    await using world = World.empty();
    const session = server.has();
    session.prompt('other', async (agent) => {
      await gate.promise;
      agent.says('answer to other');
      return 'end_turn';
    });
    const typed = world.type(['ask', 'mine', '--session', session.record.id], { env: server.env });
    await waitFor('the prompt', () => session.record.turns === 2);
    gate.resolve();
    expect(await typed.done()).toEqual({ code: 0, stdout: 'answer to mine\n', stderr: '' });
  });

  test('rejects what it is asked where nobody can answer, and says so once', async () => {
    const answers: unknown[] = [];
    using server = new StandIn(async (agent) => {
      answers.push(await agent.asks(shell), await agent.asks({ ...shell, toolCallId: 't2' }));
      return 'end_turn';
    });
    await using world = World.empty();
    const { code, stderr } = await world.cli(['ask', 'Well?', '--policy', 'ask'], { env: server.env });
    expect(code).toBe(0);
    expect(answers).toEqual(['no', 'no']);
    expect(stderr.match(/there is no terminal to answer at: rejected.*--policy workdir/g)).toHaveLength(1);
    expect(stderr).toContain('[rejected] execute: Run the tests (person: answered by person)');
  });

  test('tells what a policy has rejected, and not what it has allowed', async () => {
    using server = new StandIn(async (agent) => {
      await agent.asks(shell);
      return 'end_turn';
    });
    await using world = World.empty();
    expect((await world.cli(['ask', 'Well?'], { env: server.env })).stderr).toBe('');
    expect((await world.cli(['ask', 'Well?', '--policy', 'deny-all'], { env: server.env })).stderr).toBe(
      '[rejected] execute: Run the tests (policy: answered by policy)\n',
    );
  });

  test('Ctrl-C cancels the turn, a second one does not wait for its end', async () => {
    let stubborn = false;
    using server = new StandIn(async (agent) => {
      agent.says('begun');
      await agent.cancelled;
      if (stubborn) await new Promise(() => undefined);
      return 'cancelled';
    });
    await using world = World.empty();
    const once = world.type(['ask', 'Well?'], { env: server.env });
    await once.says('begun');
    once.process.kill('SIGINT');
    expect(await once.done()).toMatchObject({ code: 130, stderr: expect.stringContaining('cancelling the turn') });
    expect(server.session.record.state).toBe('closed');

    stubborn = true;
    const twice = world.type(['ask', 'Well?'], { env: server.env });
    await twice.says('begun');
    twice.process.kill('SIGINT');
    await twice.says('cancelling the turn');
    twice.process.kill('SIGINT');
    expect(await twice.done()).toMatchObject({
      code: 130,
      stderr: expect.stringContaining('stays open; close it with'),
    });
  });

  test.each([
    ['and closes its session', false, 'closed'],
    ['and leaves a session of others as it is', true, 'idle'],
  ])('ends the turn when nobody reads the answer any more, %s', async (_, given, state) => {
    using server = new StandIn(async (agent) => {
      const over = { yet: false };
      void agent.cancelled.then(() => (over.yet = true));
      for (; !over.yet; await Bun.sleep(1)) agent.says('line\n');
      return 'cancelled';
    });
    await using world = World.empty();
    const flags = given ? ` --session ${server.has().record.id}` : '';
    const main = join(import.meta.dir, '../../../src/main.ts');
    const piped = Bun.spawn(['sh', '-c', `'${process.execPath}' '${main}' ask go${flags} | head -1`], {
      env: { ...world.env, ...server.env },
      stdin: 'ignore',
    });
    expect(await new Response(piped.stdout).text()).toBe('line\n');
    await piped.exited;
    await waitFor(`the session to be ${state}`, () => server.session.record.state === state);
  });
});

test('a mistyped command line asks nobody', async () => {
  const refused = async (...args: string[]) => (await runInProcess('ask', ...args)).stderr;
  expect(await refused('')).toContain('PROMPT is empty');
  expect(await refused('x', '--policy', 'yolo')).toContain('--policy must be workdir');
  expect(await refused('x', '--timeout', '0')).toContain('--timeout must be a number of seconds above 0');
  expect(await refused('x', '--session', '')).toContain('--session is empty');
  expect(await refused('x', '--session', 'a', '--agent', 'b')).toContain('--agent is only valid without --session');
  const { stdout } = await runInProcess('ask', '--help');
  expect(stdout).toMatch(/Exit codes\n {2}0 .*\n {2}1 [^]*\n {2}130 {2}Ctrl-C/);
});
