/** What has gone wrong at others' doors (acp-doors: hazards), against a live server and a real agent process. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Rig } from '../../support/rig.ts';
import { ALLOW, ASK, Client, recordOf, startServer } from './world.ts';

const server = (...given: Parameters<typeof startServer>): (() => Rig) => {
  let rig: Rig | undefined;
  beforeAll(async () => void (rig = await startServer(...given)));
  afterAll(() => rig?.[Symbol.asyncDispose]());
  return () => {
    if (rig === undefined) throw new Error('not started');
    return rig;
  };
};

describe('a server', () => {
  const rig = server();

  test('a history of ten thousand updates is loaded by a client that reads late, and none is missing', async () => {
    using first = await Client.open(rig());
    const sessionId = await first.newSession();
    await first.prompt(sessionId, '[[updates 10000]]');
    using second = await Client.open(rig());
    const loading = second.load(sessionId);
    second.socket.stopReading();
    // Somebody else is served meanwhile.
    await first.prompt(sessionId, '[[say meanwhile]]');
    second.socket.readAgain();
    await loading;
    const said = second.said().join('');
    expect(said).toStartWith(Array.from({ length: 10_000 }, (_, n) => `update ${n} `).join(''));
  });

  test('a client that reconnects without end uses one agent', async () => {
    using first = await Client.open(rig());
    const sessionId = await first.newSession();
    const { pid } = await recordOf(rig(), sessionId);
    let current = first;
    for (let cuts = 0; cuts < 50; cuts += 1) {
      const before = current;
      current.socket.vanish();
      current = await Client.connect(rig(), {
        headers: { 'Acp-Connection-Id': first.connection, 'Acp-Received-Frames': '2' },
      });
      expect(current.socket.status).toBe(101);
      before[Symbol.dispose]();
    }
    await current.prompt(sessionId, 'still there');
    await current.has('echo: still there');
    expect((await recordOf(rig(), sessionId)).pid).toBe(pid);
    current[Symbol.dispose]();
  });

  test('a half-open line does not lock its owner out', async () => {
    using first = await Client.open(rig());
    const sessionId = await first.newSession();
    first.socket.stopReading();
    using second = await first.resume(2);
    await second.prompt(sessionId, 'here');
    await second.has('echo: here');
  });

  test('a session that is removed in the middle of its replay: the load is answered all the same', async () => {
    using first = await Client.open(rig());
    const sessionId = await first.newSession();
    await first.prompt(sessionId, '[[updates 10000]][[big 4000000]][[big 4000000]][[big 4000000]][[updates 100]]');
    const { id } = await recordOf(rig(), sessionId);
    using second = await Client.open(rig());
    second.socket.stopReading();
    const loading = second.request('session/load', { sessionId, cwd: rig().place.cwd, mcpServers: [] });
    await rig().waitFor(
      'it to be attached',
      async () => ((await recordOf(rig(), sessionId)).attached?.length ?? 0) > 1,
    );
    for (const _time of [1, 2]) await rig().request(`/agents/sessions/${id}`, { method: 'DELETE' });
    second.socket.readAgain();
    await second.answer(loading);
  });

  test('a session that is deleted while a prompt of the same client runs: both are answered', async () => {
    using client = await Client.open(rig());
    const sessionId = await client.newSession();
    const prompt = client.startPrompt(sessionId, '[[slow 60]]');
    await client.has('tick 0');
    await client.ask('session/delete', { sessionId });
    await client.answer(prompt);
  });

  test('a session that is closed while a prompt runs and others wait: all are answered', async () => {
    using client = await Client.open(rig());
    const sessionId = await client.newSession();
    const prompts = ['[[slow 60]]', 'two', 'three'].map((text) => client.startPrompt(sessionId, text));
    await client.has('tick 0');
    expect(await client.ask('session/close', { sessionId })).toMatchObject({ result: {} });
    for (const id of prompts) expect(await client.answer(id)).toMatchObject({ result: { stopReason: 'cancelled' } });
  });

  test('kill -9 of the agent in a turn of two clients: each is answered, then each socket closes with 1011', async () => {
    using first = await Client.open(rig());
    const sessionId = await first.newSession();
    using second = await Client.open(rig());
    await second.load(sessionId);
    const prompt = first.startPrompt(sessionId, '[[slow 60]]');
    await first.has('tick 0');
    const waits = second.startPrompt(sessionId, 'next');
    const own = first.request('_own/never', { sessionId: 'none' });
    await second.has('tick 0');
    await rig().waitFor('the second prompt to wait', async () => (await recordOf(rig(), sessionId)).queued === 1);
    process.kill((await recordOf(rig(), sessionId)).pid ?? 0, 'SIGKILL');
    expect(await first.answer(prompt)).toMatchObject({ error: { message: expect.stringContaining('exit code 137') } });
    expect(await second.answer(waits)).toMatchObject({ error: { message: expect.any(String) } });
    expect(await first.answer(own)).toMatchObject({ error: {} });
    expect(await first.socket.closed).toMatchObject({ code: 1011 });
    // Its own agent lives.
    expect(await second.newSession()).toStartWith('scripted-');
  });

  test('an agent that ends with a request open that is of no session: it is answered before 1011', async () => {
    using client = await Client.open(rig());
    const sessionId = await client.newSession();
    process.kill((await recordOf(rig(), sessionId)).pid ?? 0, 'SIGSTOP');
    const own = client.request('_own/never', {});
    const list = client.request('session/new', { cwd: rig().place.cwd, mcpServers: [] });
    process.kill((await recordOf(rig(), sessionId)).pid ?? 0, 'SIGKILL');
    expect(await client.answer(own)).toMatchObject({ error: {} });
    expect(await client.answer(list)).toMatchObject({ error: {} });
    expect(await client.socket.closed).toMatchObject({ code: 1011 });
  });

  test('cancel with a permission open: the agent is told “cancelled” at once, and the turn ends', async () => {
    using client = await Client.open(rig());
    const sessionId = await client.newSession();
    const prompt = client.startPrompt(sessionId, `[[ignore-cancel]]${ASK}`);
    const { id } = await client.asked('session/request_permission');
    client.send({ method: 'session/cancel', params: { sessionId } });
    await client.has('permission: cancelled');
    await client.answer(prompt);
    expect(client.messages).toContainEqual(
      expect.objectContaining({ method: '$/cancel_request', params: { requestId: id } }),
    );
    // Too late, and to nothing.
    for (const odd of [id, 'garbage', null, 1e9, -1, {}]) client.send({ id: odd, result: ALLOW });
    await client.prompt(sessionId, 'still');
    await client.has('echo: still');
  });

  test('two attached: the record names both, and tells of each', async () => {
    using first = await Client.open(rig());
    const sessionId = await first.newSession();
    using second = await Client.open(rig());
    await second.load(sessionId);
    expect((await recordOf(rig(), sessionId)).attached).toHaveLength(2);
    second.socket.close();
    await rig().waitFor('one to be gone', async () => (await recordOf(rig(), sessionId)).attached?.length === 1);
  });

  test('lines of the agent that are no JSON go to nobody; the session outlives its socket', async () => {
    using client = await Client.open(rig(), { path: '/acp/ws' });
    const sessionId = await client.newSession();
    await client.prompt(sessionId, '[[garbage]][[odd-json]][[say fine]]');
    expect(client.said()).toEqual(['fine']);
    client.socket.close();
    await client.socket.closed;
    expect((await recordOf(rig(), sessionId)).state).toBe('idle');
  });

  test('ids: null, 0, strings of any kind come back exact', async () => {
    using client = await Client.open(rig());
    for (const id of [null, 0, '', '0', 'ü "', -7, 1.5]) {
      const answer = await client.ask('_own/what', {}, id);
      expect(answer).toMatchObject({ id, error: { code: -32_601 } });
    }
  });

  test('a prompt of nearly 16 MiB arrives whole, and others see it', async () => {
    using client = await Client.open(rig());
    const sessionId = await client.newSession();
    using other = await Client.open(rig());
    await other.load(sessionId);
    const text = 'x'.repeat(16 * 1024 * 1024 - 1000);
    const prompt = client.request('session/prompt', {
      sessionId,
      prompt: [{ type: 'text', text: `[[blocks]]${text}` }],
    });
    expect(await client.answer(prompt)).toMatchObject({ result: { stopReason: 'end_turn' } });
    await other.has('text');
    expect(other.said('user_message_chunk')[0]).toHaveLength(text.length + '[[blocks]]'.length);
  });

  test('a connection that closes its sessions can make any number of them', async () => {
    using client = await Client.open(rig());
    for (let count = 0; count < 66; count += 1) {
      const sessionId = await client.newSession();
      await client.ask('session/close', { sessionId });
    }
    expect(await client.newSession()).toStartWith('scripted-');
  });
});

test('what a client sends to an agent that reads nothing is not kept without end', async () => {
  await using rig = await startServer();
  using client = await Client.open(rig);
  using other = await Client.open(rig);
  const [stopped, going] = [await client.newSession(), await other.newSession()];
  const { pid } = await recordOf(rig, stopped);
  process.kill(pid ?? 0, 'SIGSTOP');
  for (let count = 0; count < 10_000; count += 1)
    client.send({ method: '_own/note', params: { sessionId: stopped, text: 'x'.repeat(1000) } });
  expect(await client.socket.closed).toMatchObject({ code: 1008 });
  await other.prompt(going, 'unharmed');
  await other.has('echo: unharmed');
  process.kill(pid ?? 0, 'SIGCONT');
});

test('a record of another agent is not loaded as this one’s', async () => {
  await using rig = await startServer();
  using client = await Client.open(rig);
  const sessionId = await client.newSession();
  await client.prompt(sessionId, 'mine');
  using other = await Client.open(rig, { path: '/acp/other' });
  const { result } = await other.ask('session/list', {});
  expect((result as { sessions: unknown[] }).sessions).toEqual([]);
  // Its own process knows it by the file that both have; then it is another record.
  await other.load(sessionId);
  const records = await rig.get<{ agent: string; acpSessionId: string }[]>('/agents/sessions');
  expect(
    records
      .filter((one) => one.acpSessionId === sessionId)
      .map((one) => one.agent)
      .toSorted(),
  ).toEqual(['other', 'scripted']);
});

test('the server stops in the middle of a turn: 1001, and after its start the session is loaded with what there was', async () => {
  await using rig = await startServer();
  using client = await Client.open(rig);
  const sessionId = await client.newSession();
  client.startPrompt(sessionId, '[[say before]][[slow 60]]');
  await client.has('tick 0');
  const { pid } = await recordOf(rig, sessionId);
  await rig.process.terminate();
  expect(await client.socket.closed).toMatchObject({ code: 1001 });
  expect(() => process.kill(pid ?? 0, 0)).toThrow();
  await rig.restart();
  using later = await Client.open(rig);
  await later.load(sessionId);
  await later.has('before');
});

test('the server stops while an agent does not answer initialize: none is left', async () => {
  const marker = `marker-${crypto.randomUUID()}`;
  await using rig = await startServer(['--hang-initialize', '--ignore-eof', '--ignore-term', '--marker', marker]);
  using client = await Client.connect(rig);
  client.request('initialize', { protocolVersion: 1, clientCapabilities: {} });
  const running = () => Bun.spawnSync(['pgrep', '-f', marker]).stdout.toString().trim();
  await rig.waitFor('the agent to run', () => running() !== '');
  await rig.process.terminate();
  await rig.waitFor('the agent to be gone', () => running() === '');
});

test('early updates, a replay after its answer, a session that only the agent knows', async () => {
  await using rig = await startServer(['--update-before-new', '--late-replay', '30']);
  using first = await Client.open(rig);
  const sessionId = await first.newSession();
  await first.prompt(sessionId, '[[say one]][[say two]]');
  expect(first.messages.filter((one) => JSON.stringify(one).includes('available_commands_update'))).toHaveLength(1);
  const { id } = await recordOf(rig, sessionId);
  for (const _time of [1, 2]) await rig.request(`/agents/sessions/${id}`, { method: 'DELETE' });
  using second = await Client.open(rig);
  await second.load(sessionId);
  expect(second.said()).toEqual(['one', 'two']);
  await second.prompt(sessionId, 'three');
  await second.has('echo: three');
  expect(second.said()).toEqual(['one', 'two', 'echo: three']);
});

test.each([
  { flags: ['--no-load'], error: true },
  { flags: ['--no-load', '--resume'], error: false },
])('an agent with $flags: a session of an earlier process', async ({ flags, error }) => {
  await using rig = await startServer(flags);
  using first = await Client.open(rig);
  const sessionId = await first.newSession();
  await first.prompt(sessionId, '[[say one]]');
  using live = await Client.open(rig);
  // Of a session that is open, the log is all it takes.
  expect(await live.load(sessionId)).toMatchObject({ result: {} });
  expect(live.said()).toEqual(['one']);
  await live.ask('session/close', { sessionId });
  using second = await Client.open(rig);
  const answer = await second.load(sessionId);
  expect('error' in answer).toBe(error);
  if (!error) expect(second.said()).toEqual(['one']);
});

test('a session that nobody uses is closed after its time, never in a turn', async () => {
  await using rig = await startServer([], { 'agent-session-idle': '1' });
  using client = await Client.open(rig);
  const sessionId = await client.newSession();
  client.startPrompt(sessionId, '[[slow 2]][[say to its end]]');
  await client.has('tick 0');
  client.socket.close();
  await rig.waitFor('it to be closed', async () => (await recordOf(rig, sessionId)).state === 'closed');
  using later = await Client.open(rig);
  await later.load(sessionId);
  await later.has('to its end');
});
