/** `agents` and `agent`: what there is, and taking part in it. */
import { describe, expect, test } from 'bun:test';
import type { AgentClient } from '../../../src/protocol/agents.ts';
import { waitFor } from '../../support/wait.ts';
import { Person } from '../person.ts';
import { jsonLines, World } from '../world.ts';
import { StandIn, type Script } from './stand-in.ts';

const echo: Script = (agent, prompt) => {
  agent.says(`You say ${prompt}.`);
  return 'end_turn';
};

/** A session that has been prompted before. */
async function sessionWith(server: StandIn, ...prompts: readonly string[]) {
  const session = server.has({ policy: 'ask' });
  for (const prompt of prompts) session.prompt(prompt, echo);
  await session.turn;
  return { session, id: session.record.id };
}

test('agents lists those that are known, with nothing that moves the cursor', async () => {
  using server = new StandIn(echo);
  await using world = World.empty();
  const { code, stdout } = await world.cli(['agents'], { env: server.env });
  expect(code).toBe(0);
  const [head, first, second] = stdout.split('\n');
  expect(head).toMatch(/^ID +NAME +INSTALLED +VERSION +COMMAND +HOMEPAGE$/);
  expect(first).toMatch(/^copilot +GitHub Copilot +yes +1\.2\.3 +copilot --acp *$/);
  expect(second).toMatch(/^claude +Claude\\u001b\[2J +no +claude-acp +https:\/\/example\.com$/);
  const documents = JSON.parse((await world.cli(['agents', '--json'], { env: server.env })).stdout);
  expect(documents).toMatchObject([{ id: 'copilot' }, { id: 'claude' }]);
});

describe('agent', () => {
  test('list shows the sessions, or how to get one', async () => {
    using server = new StandIn(echo);
    await using world = World.empty();
    expect(await world.cli(['agent', 'list'], { env: server.env })).toMatchObject({
      stdout: '',
      stderr: 'no agent sessions; try: npm start -- ask "What is in this folder?"\n',
    });
    const { id, session } = await sessionWith(server, 'hello');
    session.record = { ...session.record, title: 'Greet\u001b[2J' };
    const [head, row] = (await world.cli(['agent', 'list'], { env: server.env })).stdout.split('\n');
    expect(head).toMatch(/^ID +AGENT +STATE +TURNS +AGE +LAST EVENT +CLIENTS +TITLE$/);
    expect(row).toMatch(new RegExp(`^${id} +copilot +idle +1 +\\d+s +\\d+s ago +- +Greet\\\\u001b\\[2J$`));
    expect(JSON.parse((await world.cli(['agent', 'list', '--json'], { env: server.env })).stdout)).toMatchObject([
      { id },
    ]);
  });

  test('list and log show which clients are attached, whatever they call themselves', async () => {
    using server = new StandIn(echo);
    await using world = World.empty();
    const { id, session } = await sessionWith(server, 'hello');
    const attached: AgentClient[] = [
      { connection: 'a1', client: { name: `z\u001b[2J${'e'.repeat(100)}` }, door: 'websocket', since: 1 },
      { connection: 'b2', client: null, door: 'http', since: 2 },
    ];
    session.record = { ...session.record, attached };
    for (const { since: _since, ...client } of attached) session.emit('attached', client);
    session.emit('detached', { connection: 'b2', client: null, door: 'http' });
    const run = async (...args: string[]) => (await world.cli(['agent', ...args], { env: server.env })).stdout;
    expect((await run('list')).split('\n')[1]).toMatch(/ ago +z\\u001b\[2Je{19}… \+1 +/);
    expect(JSON.parse(await run('list', '--json'))).toMatchObject([{ attached }]);
    const log = (...args: string[]) => world.cli(['agent', 'log', id, ...args], { env: server.env });
    expect((await log()).stderr).toBe('');
    expect((await log('--verbose')).stderr).toBe(
      `z\\u001b[2J${'e'.repeat(19)}… has attached (websocket)\nunnamed client has attached (http)\nunnamed client has detached (http)\n`,
    );
    expect(jsonLines((await log('--json')).stdout).at(-1)).toMatchObject({
      event: 'detached',
      data: { connection: 'b2', client: null, door: 'http' },
    });
  });

  test('log shows the conversation, from an event on, or as events', async () => {
    using server = new StandIn(echo);
    await using world = World.empty();
    const { id, session } = await sessionWith(server, 'one\ntwo', 'three');
    const log = (...args: string[]) => world.cli(['agent', 'log', id, ...args], { env: server.env });
    expect(await log()).toEqual({
      code: 0,
      stdout: '> one\n> two\nYou say one\ntwo.\n> three\nYou say three.\n',
      stderr: '',
    });
    const second = session.log.filter(({ event }) => event === 'prompt').at(-1)?.id ?? 0;
    expect((await log('--since', String(second))).stdout).toBe('You say three.\n');
    const events = jsonLines((await log('--json', '--since', '1', '--limit', '3')).stdout);
    expect(events).toEqual(session.log.slice(1, 4));
  });

  test('log reads more than a page, and follows to the end of the session', async () => {
    using server = new StandIn(echo);
    await using world = World.empty();
    const { id, session } = await sessionWith(server);
    for (let number = 0; number < 1200; number += 1)
      session.emit('agent_message_chunk', { content: { type: 'text', text: `${number}\n` } });
    const typed = world.type(['agent', 'log', id, '--follow'], { env: server.env });
    await typed.says('\n1199\n');
    session.emit('agent_message_chunk', { content: { type: 'text', text: 'news\n' } });
    await typed.says('1199\nnews\n');
    session.state('closed');
    const { code, stdout, stderr } = await typed.done();
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'agent-server: the session is closed\n' });
    expect(stdout.split('\n')).toHaveLength(1202);
  });

  test('close ends a session and keeps its log, --remove removes it', async () => {
    using server = new StandIn(echo);
    await using world = World.empty();
    const { id } = await sessionWith(server, 'hello');
    const close = (...args: string[]) => world.cli(['agent', 'close', id, ...args], { env: server.env });
    expect((await close()).stdout).toBe(`${id} closed; its log stays: npm start -- agent log ${id}\n`);
    expect((await close()).stdout).toContain(`${id} was already closed; remove it with its log:`);
    expect(server.sessions).toHaveLength(1);
    expect(JSON.parse((await close('--remove', '--json')).stdout)).toEqual({ id, closed: false, removed: true });
    expect(server.sessions).toEqual([]);
    expect(await close()).toMatchObject({
      code: 1,
      stderr: `agent-server: the server says: agent session not found ("${id}"); see npm start -- agent list\n`,
    });
    const other = await sessionWith(server);
    await world.cli(['agent', 'close', other.id, '--remove'], { env: server.env });
    expect(server.sessions).toEqual([]);
  });

  test('attach without a terminal shows what happens, and answers nothing', async () => {
    using server = new StandIn(echo);
    await using world = World.empty();
    const { id, session } = await sessionWith(server, 'hello');
    const typed = world.type(['agent', 'attach', id], { env: server.env });
    await typed.says('> hello\nYou say hello.\n');
    session.prompt('may I', async (agent) => {
      await agent.asks({ toolCallId: 't', title: 'Look' });
      agent.says('Thanks.');
      return 'end_turn';
    });
    await typed.says('> may I');
    await waitFor('the question', () => session.pending.size === 1);
    for (const { settle } of session.pending.values()) settle('yes', 'person');
    await typed.says('Thanks.\n');
    session.state('failed', 'exit code 3');
    const { code, stderr } = await typed.done();
    expect(code).toBe(1);
    expect(stderr).toBe(
      '[allowed] Look (person: answered by person)\nagent-server: the session has failed: exit code 3\n',
    );
  });

  test('attach --json prints the session and each event as it comes, and ends as the session does', async () => {
    using server = new StandIn(echo);
    await using world = World.empty();
    const { id, session } = await sessionWith(server, 'hello');
    const typed = world.type(['agent', 'attach', id, '--json'], { env: server.env, stdin: 'not a prompt\n' });
    await typed.says('"stopReason"');
    session.prompt('more', () => 'end_turn');
    await waitFor('the second turn', () => typed.stdout.split('"stopReason"').length === 3);
    session.state('failed', 'exit code 3');
    const { code, stdout, stderr } = await typed.done();
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const [first, ...events] = jsonLines(stdout);
    expect(first).toMatchObject({ event: 'session', data: { id } });
    expect(events).toEqual(session.log.map(({ id: number, event, data }) => ({ id: number, event, data })));
    expect(session.record.turns).toBe(2);
    // It is over already: all of it is shown again.
    const again = await world.cli(['agent', 'attach', id, '--json'], { env: server.env });
    expect(jsonLines(again.stdout).slice(1)).toEqual(events);
  });

  test('attach --json is left by a signal, and the session goes on', async () => {
    using server = new StandIn(echo);
    await using world = World.empty();
    const { id, session } = await sessionWith(server, 'hello');
    const typed = world.type(['agent', 'attach', id, '--json'], { env: server.env });
    await typed.says('"stopReason"');
    typed.process.kill('SIGINT');
    expect((await typed.done()).code).toBe(130);
    expect(session.over).toBe(false);
  });
});

describe.skipIf(process.platform === 'win32')('attach, by a person at a terminal', () => {
  const attach = (world: World, server: StandIn, id: string) =>
    new Person(world, { args: ['agent', 'attach', id], env: { ...server.env, NO_COLOR: '1' } });

  test('shows the past, takes lines as prompts, and leaves the session with Ctrl-D', async () => {
    using server = new StandIn(echo);
    await using world = World.empty();
    const { id, session } = await sessionWith(server, 'hello');
    await using user = attach(world, server, id);
    await user.sees(/> hello\r\nYou say hello\.\r\nagent-server: attached to session [^]*\r\n> $/);
    await user.answers('more\r', /^more\r\nYou say more\.\r\n> $/);
    await user.answers('again\r', /^again\r\nYou say again\.\r\n> $/);
    session.prompt('elsewhere', echo);
    await user.sees(/> elsewhere\r\nYou say elsewhere\.\r\n> $/);
    user.types('\u0004');
    expect(await user.done()).toBe(0);
    expect(session.record.state).toBe('idle');
    expect(user.stty('after')).toBe(user.stty('before'));
  });

  test('asks what was asked before it came, and what is asked later', async () => {
    const answers: unknown[] = [];
    using server = new StandIn(async (agent, prompt) => {
      answers.push(await agent.asks({ toolCallId: prompt, title: prompt }));
      return 'end_turn';
    });
    await using world = World.empty();
    const { id, session } = await sessionWith(server);
    session.prompt('first', async (agent) => {
      answers.push(await agent.asks({ toolCallId: 'first', title: 'first' }));
      return 'end_turn';
    });
    await waitFor('the question', () => session.pending.size === 1);
    await using user = attach(world, server, id);
    await user.sees(/permission: first[^]*letter: /);
    await user.answers('1\r', /\[allowed\] first[^]*> $/);
    await user.answers('second\r', /permission: second[^]*letter: /);
    await user.answers('3\r', /\[rejected\] second[^]*> $/);
    expect(answers).toEqual(['yes', 'no']);
    user.types('\u0004');
    expect(await user.done()).toBe(0);
  });

  test('Ctrl-C cancels the turn that runs, and leaves where none does', async () => {
    using server = new StandIn(async (agent) => {
      agent.says('begun');
      await agent.cancelled;
      return 'cancelled';
    });
    await using world = World.empty();
    const { id, session } = await sessionWith(server);
    await using user = attach(world, server, id);
    await user.sees('> ');
    await user.answers('go\r', 'begun');
    await user.answers('\u0003', /the turn has ended: cancelled\r\n> $/);
    user.types('\u0003');
    expect(await user.done()).toBe(130);
    expect(session.record.state).toBe('idle');
  });

  test('ends with the session', async () => {
    using server = new StandIn(echo);
    await using world = World.empty();
    const { id, session } = await sessionWith(server, 'hello');
    await using user = attach(world, server, id);
    await user.sees('attached to session');
    session.state('closed');
    expect(await user.done()).toBe(0);
    expect(user.seen).toContain('agent-server: the session is closed\r\n');
    await using late = attach(world, server, id);
    expect(await late.done()).toBe(0);
    expect(late.seen).toContain('You say hello.\r\n');
    expect(late.seen).not.toContain('attached to');
  });
});
