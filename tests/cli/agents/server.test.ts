/** `ask` and `agent` with a real server and an agent of its own: whole ways, from a person's key to the agent's process. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '../../../src/client/client.ts';
import { scriptedAgentLine } from '../../support/agents/scripted.ts';
import { isAlive } from '../../support/rig-processes.ts';
import { waitFor } from '../../support/wait.ts';
import { Person } from '../person.ts';
import { World } from '../world.ts';

const AGENT = scriptedAgentLine();

describe.skipIf(process.platform === 'win32')('with a real server', () => {
  let world: World;
  let client: Client;
  let work: string;
  beforeAll(async () => {
    world = World.empty();
    mkdirSync(world.data, { mode: 0o700 });
    const agents = { missing: { command: ['no-such-program'] } };
    writeFileSync(join(world.data, 'config.json'), JSON.stringify({ agents }));
    await world.startServer();
    client = new Client({ url: world.url, key: world.key });
    work = join(world.folder, 'work');
    mkdirSync(work);
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const ask = (...args: string[]) => world.cli(['ask', ...args], { cwd: work });
  const newest = async () => (await client.agents.list())[0];
  /** The agent of the newest session, as soon as there is one. */
  const agentPid = () => waitFor('the agent', async () => (await newest())?.pid);

  test('an agent works in the current folder, by the policy workdir', async () => {
    const prompt = '[[say Look: ]][[tool t1|search|Search it]][[permission edit|/etc/x||Edit it]][[cwd]]';
    const { code, stdout, stderr } = await ask(prompt, '--agent', AGENT);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `Look: \npermission: selected rejectcwd=${work} session=${work}\n`,
    });
    expect(stderr).toContain('[done] search: Search it\n');
    expect(stderr).toMatch(/\[rejected\] edit: Edit it \(\/etc\/x\) \(policy: .*outside/);
    expect(await newest()).toMatchObject({ state: 'closed', cwd: work, turns: 1, policy: 'workdir' });
  });

  test('a session is kept, gone on with, closed, and opened again', async () => {
    const first = await ask('one', '--agent', AGENT, '--keep');
    const { id = '', pid = 0 } = (await newest()) ?? {};
    expect(first.stderr).toContain(`session ${id} stays open`);
    expect(isAlive(pid)).toBe(true);
    expect((await ask('two', '--session', id)).stdout).toBe('echo: two\n');
    expect((await world.cli(['agent', 'close', id])).code).toBe(0);
    expect(isAlive(pid)).toBe(false);
    expect(await ask('three', '--session', id)).toEqual({ code: 0, stdout: 'echo: three\n', stderr: '' });
    expect((await world.cli(['agent', 'log', id])).stdout).toBe(
      '> one\necho: one\n> two\necho: two\n> three\necho: three\n',
    );
    expect((await world.cli(['agent', 'close', id, '--remove'])).stdout).toContain('removed with its log');
    expect((await world.cli(['agent', 'log', id])).code).toBe(1);
  });

  test.each([
    ['an agent that is not there', ['hi', '--agent', 'no-such-agent'], 1, /no agent "no-such-agent".* copilot/],
    ['one that is not installed', ['hi', '--agent', 'missing'], 1, /was not found.*; install it.* agents\n$/],
    ['one that wants a login', ['hi', '--agent', scriptedAgentLine('--auth')], 1, /scripted-login/],
    ['one that dies', ['[[stderr oops]][[die 3]]', '--agent', AGENT], 1, /exit code 3.*oops/],
    ['one that refuses', ['[[refuse]]', '--agent', AGENT], 1, /refusal/],
    ['one that takes too long', ['[[slow 60]]', '--agent', AGENT, '--timeout', '0.5'], 124, /timeout/],
    ['a model that there is not', ['hi', '--agent', AGENT, '--model', 'huge'], 0, /huge/],
  ])('says what is wrong with %s', async (_, args, code, said) => {
    const done = await ask(...args);
    expect(done.code).toBe(code);
    expect(done.stderr).toMatch(said);
  });

  test('Ctrl-C cancels the turn and ends the agent', async () => {
    const typed = world.type(['ask', '[[slow 60]]', '--agent', AGENT], { cwd: work });
    await typed.says('tick 0');
    const pid = await agentPid();
    typed.process.kill('SIGINT');
    expect((await typed.done()).code).toBe(130);
    expect(isAlive(pid)).toBe(false);
    expect(await newest()).toMatchObject({ state: 'closed' });
  });

  test('a person is asked, and what they allow is done', async () => {
    await using user = new Person(world, {
      args: ['ask', '[[permission execute|-|touch x|Touch it]]', '--agent', AGENT, '--cwd', work],
    });
    await user.sees('Answer with a number or a letter: ');
    expect(user.seen).toContain('touch x');
    user.types('o\r');
    expect(await user.done()).toBe(0);
    expect(user.seen).toContain('permission: selected allow');
    expect(await newest()).toMatchObject({ policy: 'ask' });
  });

  test('a person attaches, prompts, cancels, and leaves the session as it is', async () => {
    await ask('before', '--agent', AGENT, '--keep');
    const { id = '' } = (await newest()) ?? {};
    await using user = new Person(world, { args: ['agent', 'attach', id], env: { NO_COLOR: '1' } });
    await user.sees(/> before\r\necho: before\r\nagent-server: attached [^]*\r\n> $/);
    await user.answers('more\r', /^more\r\necho: more\r\n> $/);
    await user.answers('[[slow 60]]\r', 'tick 1');
    await user.answers('\u0003', /the turn has ended: cancelled\r\n> $/);
    user.types('\u0004');
    expect(await user.done()).toBe(0);
    expect(await client.agents.get(id)).toMatchObject({ state: 'idle', turns: 3 });
    await client.agents.close(id);
  });
});

test('ask says what has become of its turn when the server was killed', async () => {
  await using world = await World.start();
  const typed = world.type(['ask', '[[slow 60]]', '--agent', AGENT]);
  await typed.says('tick 0');
  const port = new URL(world.url).port;
  await world.killServer();
  await world.startServer('--port', port, '--terminal-port', '0');
  const { code, stderr } = await typed.done();
  expect(code).toBe(1);
  expect(stderr).toMatch(/the turn has ended: error: the server was killed/);
});
